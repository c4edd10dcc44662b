const dialog = document.getElementById("dialog");
document.getElementById("open").addEventListener("click", () => dialog.showModal());
dialog.addEventListener("close", () => { document.getElementById("later").textContent = "Closed again"; });
document.getElementById("copy").addEventListener("click", () => navigator.clipboard.writeText("copied"));
