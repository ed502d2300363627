// Two tones, made here: up is done, down is not. Off is remembered on this device.

const REMEMBERED = "balie-geluid";
const TONES = {
  done: [
    [660, 0, 0.09],
    [990, 0.1, 0.16],
  ],
  refused: [
    [220, 0, 0.18],
    [165, 0.2, 0.28],
  ],
};
let context = null;

export function isMuted() {
  try {
    return localStorage.getItem(REMEMBERED) === "uit";
  } catch {
    return false;
  }
}

export function mute(shouldMute) {
  try {
    localStorage.setItem(REMEMBERED, shouldMute ? "uit" : "aan");
  } catch {
    // A browser that remembers nothing: sound stays on.
  }
}

/** `name`: done or refused. A device without sound says nothing, and nothing breaks. */
export function play(name) {
  if (isMuted() || !globalThis.AudioContext) return;
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const [frequency, wait, length] of TONES[name]) tone(frequency, context.currentTime + wait, length);
    document.documentElement.dataset.sounded = name;
  } catch {
    // No loudspeaker, or none free.
  }
}

function tone(frequency, begin, length) {
  const oscillator = new OscillatorNode(context, { type: "triangle", frequency });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.25, begin + 0.01);
  volume.gain.linearRampToValueAtTime(0, begin + length);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(begin);
  oscillator.stop(begin + length);
}
