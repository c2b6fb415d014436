"""Personal data in what people type: ``detection`` finds them, ``pseudonymes`` replaces them."""
