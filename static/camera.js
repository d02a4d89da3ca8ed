// A QR code before this computer's camera: one picture after the other goes to our own server, which reads it.
// Nothing of a picture is kept. It stops by itself when a code was read, or after a minute.
(() => {
  const place = document.getElementById("camera");
  const start = document.getElementById("camera-start");
  if (!place || !navigator.mediaDevices?.getUserMedia) return;
  const field = document.getElementById("link");
  const video = place.querySelector("video");
  const problem = document.getElementById("camera-problem");
  const LONGEST = 60_000;
  const PAUSE = 400;
  start.hidden = false;

  const picture = () => {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
  };
  const read = async (content) => {
    const body = new FormData();
    body.append("picture", content, "frame.jpg");
    body.append("csrf_token", field.form.elements.csrf_token.value);
    const answer = await fetch(place.dataset.address, { method: "POST", body });
    if (!answer.ok) throw new Error("refused");
    return (await answer.json()).link;
  };
  start.addEventListener("click", async () => {
    problem.textContent = "";
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1280 } });
      start.hidden = true;
      place.hidden = false;
      video.srcObject = stream;
      await video.play();
      const until = Date.now() + LONGEST;
      while (Date.now() < until) {
        const link = video.videoWidth ? await read(await picture()) : "";
        if (link) {
          field.value = link;
          field.form.requestSubmit();
          return;
        }
        await new Promise((done) => setTimeout(done, PAUSE));
      }
      problem.textContent = place.dataset.nothing;
    } catch {
      problem.textContent = place.dataset.failed;
    } finally {
      stream?.getTracks().forEach((track) => track.stop());
      place.hidden = true;
      start.hidden = false;
    }
  });
})();
