/** NATS servers on loopback for tests: a cluster of so many nodes, on ports that were free a moment ago. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NodeConnectionOptions } from '@nats-io/transport-node';

/** Debian puts it beside the programs of the administrator. */
export const NATS_SERVER = ['nats-server', '/usr/sbin/nats-server'].find(
  (p) => spawnSync(p, ['--version']).status === 0,
);

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((s) => (s.address() as { port: number }).port);
  await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
  return ports;
}

export class NatsCluster {
  readonly urls: readonly string[];
  private readonly nodes: ChildProcess[];
  private readonly folder: string;

  private readonly client: NodeConnectionOptions;

  private constructor(urls: readonly string[], nodes: ChildProcess[], folder: string, client: NodeConnectionOptions) {
    this.client = client;
    this.urls = urls;
    this.nodes = nodes;
    this.folder = folder;
  }

  static async start(
    size: number,
    more: readonly string[] = [],
    client: NodeConnectionOptions = {},
  ): Promise<NatsCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'leaktwin-nats-'));
    const ports = await freePorts(2 * size);
    const clients = ports.slice(0, size);
    const routes = ports.slice(size).map((p) => `nats://127.0.0.1:${p}`);
    const nodes = clients.map((port, i) => {
      const args = ['-js', '-a', '127.0.0.1', '-p', `${port}`, '-n', `n${i}`, '-sd', join(folder, `n${i}`), ...more];
      if (size > 1) args.push('--cluster_name', 'test', '--cluster', routes[i]!, '--routes', routes.join(','));
      return spawn(NATS_SERVER!, args, { stdio: 'ignore' });
    });
    const cluster = new NatsCluster(
      clients.map((p) => `nats://127.0.0.1:${p}`),
      nodes,
      folder,
      client,
    );
    await cluster.ready(size);
    return cluster;
  }

  get engine(): string {
    return this.urls.join(',');
  }

  kill(node: number): void {
    this.nodes[node]!.kill('SIGKILL');
  }

  /** The node that leads a stream. */
  async leaderOf(stream: string): Promise<number> {
    const connection = await connect({ ...this.client, servers: [...this.urls] });
    try {
      const { cluster } = await (await jetstreamManager(connection)).streams.info(stream);
      return Number(cluster!.leader!.slice(1));
    } finally {
      await connection.close();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.nodes.map(async (n) => {
        if (n.exitCode !== null || n.signalCode !== null) return;
        n.kill('SIGKILL');
        await once(n, 'exit');
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A cluster that can keep three copies has met all of its nodes. */
  private async ready(size: number): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        const connection = await connect({ ...this.client, servers: [...this.urls] });
        try {
          const jsm = await jetstreamManager(connection);
          await jsm.streams.add({ name: 'PROBE', subjects: ['probe'], num_replicas: size });
          await jsm.streams.delete('PROBE');
          return;
        } finally {
          await connection.close();
        }
      } catch (error) {
        if (tries > 200) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  }
}
