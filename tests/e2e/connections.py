"""The connections of a browser's pages to Web PubSub, which a story can cut."""

import re

from playwright.sync_api import BrowserContext, WebSocketRoute

_NEGOTIATE = "**/chat/negotiate"


class Connections:
    """Made before a page is opened; its sockets go through here."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._sockets: list[WebSocketRoute] = []
        self._is_cut = False
        context.route_web_socket(re.compile("/client/"), self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            socket.close()
            return
        socket.connect_to_server()
        self._sockets.append(socket)

    def cut(self) -> None:
        """Close all sockets, and let no new one be made."""
        self._is_cut = True
        self._context.route(_NEGOTIATE, lambda route: route.abort())
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()

    def restore(self) -> None:
        self._is_cut = False
        self._context.unroute(_NEGOTIATE)
