"""What is installed: hooks, discovery, layers on disk, choice by date, digests, and the registry."""
