import { WebPubSubJsonReliableProtocol, type WebPubSubClientProtocol } from "@azure/web-pubsub-client";

/**
 * The reliable protocol, reporting each sign of life. The official client restores a dropped socket without
 * telling anyone; hearing nothing is the only public sign of the drop.
 */
export function listeningProtocol(heard: () => void): WebPubSubClientProtocol {
  const protocol = WebPubSubJsonReliableProtocol();
  return {
    name: protocol.name,
    isReliableSubProtocol: protocol.isReliableSubProtocol,
    parseMessages: (input) => {
      heard();
      return protocol.parseMessages(input);
    },
    writeMessage: (message) => protocol.writeMessage(message),
  };
}
