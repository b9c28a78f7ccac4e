import Foundation
import TestSupport
import Testing

@testable import PointerEvents

/// The encoder beside the snippet's decoder, over random streams.
@Suite(.enabled(if: NodeOracle.path != nil, "node is not in PATH: nothing is compared with JavaScript"))
struct WireNodeTests {
    private static let client = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../client-js").standardizedFileURL
    /// The class `Decoder` of the snippet.
    private static let decoder = client.appending(path: "snippet/source/decode.js")
    private static let count =
        ProcessInfo.processInfo.environment["POINTERSCOPE_QUICK"] == nil ? 100_000 : 5_000

    /// What Swift encodes, JavaScript decodes.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: decoder.path), "no decoder in JavaScript"))
    func javaScriptReadsWhatSwiftWrites() throws {
        var lines = ""
        var expected: [String] = []
        for seed in 0..<UInt64(Self.count) {
            var story = WireStory(seed: seed &* 7 &+ 1)
            let messages = (0..<4).map {
                $0 == 0 ? story.hello() : story.message(isLast: $0 == 3 && seed % 4 == 0)
            }
            lines += messages.map { Self.hex($0.bytes) }.joined(separator: " ") + "\n"
            expected.append(messages.flatMap { $0.samples.map(\.text) }.joined(separator: " "))
        }
        let answers = try Self.node(
            ["--input-type=module", "--eval", Self.script, Self.decoder.absoluteString], input: lines)
        #expect(answers.count == expected.count)
        for (seed, pair) in zip(answers, expected).enumerated() where pair.0 != pair.1 {
            Issue.record("seed \(seed): \(pair.0), and should be \(pair.1)")
            return
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Runs node with a file as its standard input, and returns the lines it writes.
    private static func node(_ arguments: [String], input: String) throws -> [Substring] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "pointerscope-wire-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["input", "output"].map { folder.appending(path: $0) }
        try Data(input.utf8).write(to: files[0])
        try Data().write(to: files[1])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: NodeOracle.path ?? "")
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        let lines = try String(contentsOf: files[1], encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard process.terminationStatus == 0 else {
            throw NodeOracle.Failure(status: process.terminationStatus, lines: lines.count)
        }
        return Array(lines.dropLast())
    }

    private static let script = #"""
        import { readFileSync } from 'node:fs';
        const { Decoder } = await import(process.argv[1]);
        const KEYS = ['x', 'y', 't', 'k', 'b', 'w', 'h', 'p', 'sx', 'sy', 'dw', 'dh', 'pt', 'n', 'el'];
        const written = (value) => JSON.stringify(value).replaceAll('\u200b', '\\u200b');
        const text = (sample) => '{"id":"u",' + KEYS.filter((key) => Object.hasOwn(sample, key))
          .map((key) => `"${key}":${written(sample[key])}`).join(',') + '}';
        const out = readFileSync(0, 'latin1').split('\n').slice(0, -1).map((line) => {
          const decoder = new Decoder();
          const read = (hex) => decoder.decode(Uint8Array.from(Buffer.from(hex, 'hex')));
          return line.split(' ').flatMap((hex) => read(hex).samples.map(text)).join(' ') + '\n';
        });
        const { writeSync } = await import('node:fs');
        for (let i = 0; i < out.length; i += 1000) writeSync(1, out.slice(i, i + 1000).join(''));
        """#
}
