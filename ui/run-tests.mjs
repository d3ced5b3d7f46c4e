// Unit tests of the page's plain functions: bundles every src/**/*.test.ts with Vite's esbuild, and runs them with Node.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

function testsUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? testsUnder(path) : entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

const tests = testsUnder(fileURLToPath(new URL("src", import.meta.url)));
const place = mkdtempSync(join(tmpdir(), "gemel-page-"));
try {
  await build({ entryPoints: tests, outdir: place, entryNames: "[name]", outExtension: { ".js": ".mjs" }, bundle: true, platform: "node",
    format: "esm", logLevel: "warning" });
  const files = readdirSync(place).filter((file) => file.endsWith(".test.mjs"));
  if (files.length !== tests.length) throw new Error(`bundled ${files.length} of ${tests.length} tests`);
  const { status } = spawnSync(process.execPath, ["--test", ...files.map((f) => join(place, f))], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(place, { recursive: true });
}
