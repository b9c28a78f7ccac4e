'use strict';
// The same architecture on Node, as a peer to measure against: a cluster whose workers share one port, speak
// WebSocket with `ws`, check each sample with JSON.parse and pass it to the master over the cluster's own IPC
// channel; the master writes each sample to every SSE viewer at once. Nothing is batched and nothing bounded,
// as in the tutorials that it stands for.
//
// node server.js --ingest 127.0.0.1:0 --http 127.0.0.1:0 --workers 2
// Prints {"event":"ready",...} on standard error once both ports answer. Needs the package `ws` (Debian:
// node-ws, with NODE_PATH=/usr/share/nodejs for a Node from elsewhere).

const cluster = require('node:cluster');
const http = require('node:http');

function option(name, fallback) {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : process.argv[index + 1];
}

function address(text) {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

function written(bound) {
  return `${bound.address}:${bound.port}`;
}

if (cluster.isPrimary) {
  master(Number(option('workers', '2')));
} else {
  worker(address(option('ingest', '127.0.0.1:8081')));
}

function master(workerCount) {
  const viewers = new Set();
  let sequence = 0;

  const broadcast = (sample) => {
    sequence += 1;
    const message = `id: ${sequence}\ndata: ${JSON.stringify(sample)}\n\n`;
    for (const viewer of viewers) viewer.write(message);
  };

  const server = http.createServer((request, response) => {
    if (!request.url.startsWith('/receive/')) {
      response.writeHead(404).end();
      return;
    }
    // Delimited by the connection's end, like the contract's stream.
    response.removeHeader('transfer-encoding');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(`:${' '.repeat(2048)}\n\nretry: 2000\n\n`);
    viewers.add(response);
    response.on('close', () => viewers.delete(response));
  });

  const http_ = address(option('http', '127.0.0.1:2112'));
  server.listen(http_.port, http_.host, () => {
    let ready = 0;
    for (let index = 0; index < workerCount; index += 1) {
      const child = cluster.fork();
      child.on('message', broadcast);
    }
    cluster.on('listening', (_, bound) => {
      ready += 1;
      if (ready !== workerCount) return;
      const line = {
        event: 'ready',
        ingest: written(bound),
        http: written(server.address()),
        workers: workerCount,
        pid: process.pid,
      };
      process.stderr.write(`${JSON.stringify(line)}\n`);
    });
  });

  const stop = () => process.exit(0);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function worker(ingest) {
  const { WebSocketServer } = require('ws');
  const server = new WebSocketServer({
    host: ingest.host,
    port: ingest.port,
    maxPayload: 65536,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('json') ? 'json' : false),
  });
  server.on('connection', (socket) => {
    const ids = new Set();
    socket.on('message', (data) => {
      let sample;
      try {
        sample = JSON.parse(data);
      } catch {
        socket.close(1007);
        return;
      }
      const { id, x, y } = sample ?? {};
      if (typeof id !== 'string' || !Number.isFinite(x) || !Number.isFinite(y)) {
        socket.close(1008);
        return;
      }
      ids.add(id);
      process.send({ id, x, y });
    });
    socket.on('close', () => {
      for (const id of ids) process.send({ kill: id });
    });
    socket.on('error', () => {});
  });
}
