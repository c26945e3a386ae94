// Loaded before programs that listen on every interface of the machine: they get the loopback address instead, at
// once as without an address (one that is named is looked up first), and say on standard output where they are.
const net = require("node:net");
const { TCP, constants } = process.binding("tcp_wrap");

const HOST = "127.0.0.1";
const { listen } = net.Server.prototype;

net.Server.prototype.listen = function listenOnLoopback(first, ...rest) {
  const port = Number(typeof first === "object" && first !== null ? first.port : first) || 0;
  const handle = new TCP(constants.SERVER);
  const failure = handle.bind(HOST, port);
  if (failure) {
    throw new Error(`cannot listen on ${HOST}:${port} (${failure})`);
  }
  if (process.env.ANNOUNCE_AS) {
    this.once("listening", () => {
      console.log(`${process.env.ANNOUNCE_AS} ready on http://${HOST}:${this.address().port}`);
    });
  }
  return listen.call(this, handle, ...rest.filter((given) => typeof given === "function"));
};
