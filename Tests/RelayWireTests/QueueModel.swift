import PointerEvents

@testable import RelayWire

/// What a `RelayQueue` is to do, as a plain array that is searched from end to end.
struct QueueModel {
    struct Record {
        var told: Told
        var length: Int
    }

    private(set) var records: [Record]
    /// Bytes of the first record that were written.
    private var partial = 0
    private(set) var queuedBytes = 16
    private var sinceFold = 0
    private var interval = 0
    /// The place among the records where the mark stands.
    private var mark = 0
    private let thresholds: FoldThresholds

    private(set) var appended = 0
    private(set) var written = 0
    private(set) var folded = 0

    init(thresholds: FoldThresholds) {
        self.thresholds = thresholds
        records = [Record(told: .hello, length: 16)]
    }

    var queuedSamples: Int { records.count { $0.told.isSample } }

    var unfoldableBytes: Int {
        records.filter { !$0.told.isFoldable }.reduce(0) { $0 + $1.length }
    }

    mutating func append(_ told: Told, length: Int) {
        if queuedBytes + length > thresholds.foldBytes, sinceFold >= interval { fold() }
        records.append(Record(told: told, length: length))
        queuedBytes += length
        sinceFold += length
        if told.isSample { appended += 1 }
    }

    /// Writes `count` bytes and returns the records that are whole on the other side now.
    mutating func write(_ count: Int) -> [Told] {
        queuedBytes -= count
        partial += count
        var whole: [Told] = []
        while let first = records.first, partial >= first.length {
            partial -= first.length
            whole.append(first.told)
            if first.told.isSample { written += 1 }
            records.removeFirst()
            mark = max(0, mark - 1)
        }
        if records.isEmpty {
            sinceFold = 0
            interval = 0
        }
        return whole
    }

    mutating func setMark() { mark = records.count }

    /// Folds what stands behind the mark.
    mutating func foldSinceMark() {
        let before = queuedBytes
        fold(from: max(mark, partial > 0 ? 1 : 0))
        sinceFold += queuedBytes - before
    }

    private mutating func fold() {
        fold(from: partial > 0 ? 1 : 0)
        sinceFold = 0
        interval = max(thresholds.intervalBytes, queuedBytes / 4)
    }

    private mutating func fold(from firstWhole: Int) {
        let kept = records.indices.filter { $0 < firstWhole || !isRemoved($0) }
        folded += records.count - kept.count
        records = kept.map { index in
            var record = records[index]
            guard index >= firstWhole, let says = whatIsSaid(at: index, kept: kept) else { return record }
            record.told.says = says
            record.length = says.recordBytes
            return record
        }
        queuedBytes = records.reduce(0) { $0 + $1.length } - partial
        mark = records.count
    }

    /// Whether the same owner of the same slot said the same kind of thing again later, and the page that it
    /// names can be named there too.
    private func isRemoved(_ index: Int) -> Bool {
        guard case .sample(let slot, let kind, _, _) = records[index].told, kind.isFoldable,
            !isTextRenamed(behind: index)
        else { return false }
        for later in records[(index + 1)...] {
            switch later.told {
            case .leave(slot, _, _), .moving(slot, _): return false
            case .sample(slot, kind, _, _): return true
            default: continue
            }
        }
        return false
    }

    /// Whether the page or the name that it says is given to another text later.
    private func isTextRenamed(behind index: Int) -> Bool {
        guard let says = whatIsSaid(at: index, kept: nil) else { return false }
        return records[(index + 1)...].contains { later in
            let kind: RelayText
            let number: UInt32
            switch later.told {
            case .text(let named, let index, _), .noText(let named, let index):
                (kind, number) = (named, index)
            default: return false
            }
            return kind == .page && number == says.page || kind == .name && number == says.tail?.name
        }
    }

    /// What a sample says when all that was removed between it and the one kept before it says it too; with
    /// nil for `kept`, what it says itself.
    private func whatIsSaid(at index: Int, kept: [Int]?) -> Surroundings? {
        guard case .sample(let slot, _, _, var says) = records[index].told else { return nil }
        guard let kept else { return says }
        for earlier in records[..<index].indices.reversed() {
            guard case .sample(slot, _, _, let older) = records[earlier].told else { continue }
            if kept.contains(earlier) { break }
            says.take(from: older)
        }
        return says
    }
}

extension Told {
    var isSample: Bool {
        if case .sample = self { true } else { false }
    }

    var isFoldable: Bool {
        if case .sample(_, let kind, _, _) = self { kind.isFoldable } else { false }
    }

    /// What a sample says of where its visitor is; nil for other records.
    var says: Surroundings? {
        get {
            if case .sample(_, _, _, let says) = self { says } else { nil }
        }
        set {
            guard let newValue, case .sample(let slot, let kind, let x, _) = self else { return }
            self = .sample(slot: slot, kind: kind, x: x, says: newValue)
        }
    }
}
