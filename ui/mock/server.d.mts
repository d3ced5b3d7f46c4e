export function startMock(options: { port: number }): Promise<{ port: number; close(): void }>;
