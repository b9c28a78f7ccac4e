import Foundation
import Testing

/// Replays what fuzzing has kept, and the seeds, through the same checks; no libFuzzer is needed.
struct CorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// What the corpus of a target has, an input in base64 a line.
    private static func corpus(of target: FuzzTarget) throws -> [Data] {
        let file = folder.appendingPathComponent("Corpora").appendingPathComponent(target.name)
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try #require(Data(base64Encoded: String($0)))
        }
    }

    /// Inputs that once failed, each in a file of its own.
    private static func findings(of target: FuzzTarget) -> [(name: String, bytes: Data)] {
        let place = folder.appendingPathComponent("Findings").appendingPathComponent(target.name)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.sorted().compactMap { name in
            (try? Data(contentsOf: place.appendingPathComponent(name))).map { (name, $0) }
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func replay(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        for (index, seed) in target.seeds().enumerated() {
            let complaint = seed.withUnsafeBytes { target.check($0) }
            #expect(complaint == nil, "seed \(index)")
        }
        let corpus = try Self.corpus(of: target).enumerated().map { ("line \($0 + 1) of its corpus", $1) }
        #expect(!corpus.isEmpty)
        for (place, bytes) in corpus + Self.findings(of: target) {
            let complaint = Array(bytes).withUnsafeBytes { target.check($0) }
            #expect(complaint == nil, "\(place)")
        }
    }

    @Test func everyFileBelongsToATarget() throws {
        let names = Set(FuzzTarget.all.map(\.name))
        #expect(names.count == FuzzTarget.all.count)
        for kind in ["Corpora", "Findings"] {
            let found = try FileManager.default.contentsOfDirectory(
                atPath: Self.folder.appendingPathComponent(kind).path)
            #expect(found.filter { !$0.hasPrefix(".") && !names.contains($0) } == [])
        }
    }
}
