// In place of the browser's recogniser and voice: the test says what is heard (`voice.hear`, `voice.say`), and every
// sentence lasts until the test ends it (`voice.end`) unless `voice.quick` is on. The root element tells what goes on.
(() => {
  const voice = { said: [], cancelled: 0, quick: true, listening: null, utterance: null };
  window.voice = voice;
  const tell = () => {
    const { dataset } = document.documentElement;
    dataset.listening = String(voice.listening !== null);
    dataset.spoken = String(voice.said.length > 0);
  };

  window.SpeechRecognition = class {
    finals = [];

    start() {
      voice.listening = this;
      tell();
    }

    stop() {
      setTimeout(() => {
        this.abort();
        this.onend?.();
      });
    }

    abort() {
      if (voice.listening === this) voice.listening = null;
      tell();
    }
  };
  window.webkitSpeechRecognition = window.SpeechRecognition;

  const put = (transcript, isFinal) => {
    const recogniser = voice.listening;
    const result = Object.assign([{ transcript }], { isFinal });
    const results = [...recogniser.finals, result];
    if (isFinal) recogniser.finals = results;
    recogniser.onresult({ resultIndex: results.length - 1, results });
  };
  voice.hear = (transcript) => put(transcript, false);
  voice.say = (transcript) => put(transcript, true);
  voice.fail = (error) => voice.listening.onerror({ error });
  voice.end = () => {
    const utterance = voice.utterance;
    voice.utterance = null;
    utterance?.onend?.();
  };

  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  const synthesis = Object.assign(new EventTarget(), {
    getVoices: () => [
      { name: "Clara", lang: "en-GB", voiceURI: "clara" },
      { name: "Jonas", lang: "de-DE", voiceURI: "jonas" },
    ],
    speak(utterance) {
      voice.said.push(utterance.text);
      tell();
      voice.utterance = utterance;
      utterance.onstart?.();
      if (voice.quick) setTimeout(voice.end, 1);
    },
    cancel() {
      voice.cancelled += 1;
      voice.utterance = null;
    },
  });
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
})();
