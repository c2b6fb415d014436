// A document is being written: its state is asked for again until it is there.
import { montrer } from "./espace.js";

async function suivre() {
  const attend = () => document.querySelector("[data-attend]");
  for (let pause = 300; attend(); pause = Math.min(pause * 1.3, 2000)) {
    await new Promise((fait) => setTimeout(fait, pause));
    try {
      const reponse = await fetch(location.href);
      montrer(new DOMParser().parseFromString(await reponse.text(), "text/html"));
    } catch {
      document.getElementById("etat").textContent = "Le programme ne répond plus.";
    }
  }
}
suivre();
