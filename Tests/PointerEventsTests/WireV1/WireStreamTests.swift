import Foundation
import Testing

@testable import PointerEvents

/// The decoder beside the snippet's: random connections that its encoder wrote, some of them damaged.
@Suite struct WireStreamTests {
    /// POINTERSCOPE_STREAMS says how many other than the usual ones.
    private static let count = ProcessInfo.processInfo.environment["POINTERSCOPE_STREAMS"] ?? "10000"

    @Test(.enabled(if: NodeOracle.path != nil), arguments: [1, 2])
    func everyStreamIsReadAsTheSnippetReadsIt(seed: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "streams-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "../../client-js/test/wire-streams.mjs").standardizedFileURL
        let file = folder.appending(path: "streams")
        let node = Process()
        node.executableURL = URL(filePath: NodeOracle.path ?? "")
        node.arguments = [script.path, "\(seed)", Self.count, file.path]
        try node.run()
        node.waitUntilExit()
        #expect(node.terminationStatus == 0)
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == Int(Self.count))
        var disagreements = 0
        for line in lines where disagreements < 5 {
            let told = Self.outcome(of: line.prefix { $0 != "|" })
            if line.drop(while: { $0 != "|" }) != told {
                disagreements += 1
                Issue.record("seed \(seed): \(line)\nhere: \(told)")
            }
        }
    }

    private static func outcome(of messages: Substring) -> String {
        var bench = WireBench()
        var samples: [String] = []
        var close = ""
        for message in messages.split(separator: ",", omittingEmptySubsequences: false) {
            let outcome = bench.receive(bytes(message))
            samples += outcome.samples
            if let refusal = outcome.refusal { close = "\(refusal.closeCode)" }
        }
        return "|" + samples.joined(separator: " ") + "|" + close
    }

    private static func bytes(_ hex: Substring) -> [UInt8] {
        let digits = hex.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
