@testable import PointerEvents

/// What one record of the test's own format says; what it leaves out is as in the record before.
///
/// ```
///  message   D1 | record...
///  record    flags u8 | id | position | page
///  flags     bit 0 id | 1 absolute position | 2 page | 3 the last page again | 4-6 kind | 7 never
///  id, page  length u8 | bytes
///  position  x i32 | y i32, little-endian; or dx i8 | dy i8
/// ```
/// The record before may stand in an earlier message of the connection.
struct DeltaRecord {
    enum Position {
        case at(Int32, Int32)
        case by(Int8, Int8)
    }

    enum Page: Equatable {
        case unsaid
        case told(String)
        case again
    }

    var id: String?
    var position = Position.by(0, 0)
    var page = Page.unsaid
    var kind = PointerKind.move

    static let magic: UInt8 = 0xD1

    static func message(_ records: [DeltaRecord]) -> [UInt8] { [magic] + records.flatMap(\.bytes) }

    var bytes: [UInt8] {
        var flags = kind.rawValue << 4
        var body: [UInt8] = []
        if let id {
            flags |= 1
            body += [UInt8(id.utf8.count)] + id.utf8
        }
        switch position {
        case .at(let x, let y):
            flags |= 2
            for value in [x, y] { withUnsafeBytes(of: value.littleEndian) { body += $0 } }
        case .by(let x, let y): body += [UInt8(bitPattern: x), UInt8(bitPattern: y)]
        }
        switch page {
        case .unsaid: break
        case .told(let path):
            flags |= 4
            body += [UInt8(path.utf8.count)] + path.utf8
        case .again: flags |= 8
        }
        return [flags] + body
    }
}

/// What the messages of one connection build upon.
struct DeltaState: Equatable {
    var id: [UInt8] = []
    var x: Int32 = 0
    var y: Int32 = 0
    var page: [UInt8]?
}

/// Reads that format, for any number of connections.
struct DeltaDecoder: ~Copyable, PointerDecoder {
    enum Fault: CaseIterable {
        /// The next message builds upon one that was refused.
        case buildsUponRefused
    }

    private struct Entry {
        var sample: PointerSample
        var id: Range<Int>
        var page: Range<Int>
    }

    private let fault: Fault?
    private var entries: [Entry] = []
    /// The texts of a message and of the state before it.
    private let texts = UnsafeMutableRawBufferPointer.allocate(byteCount: 70_000, alignment: 8)
    private var used = 0
    private var next = DeltaState()
    private var leftOver: DeltaState?

    init(fault: Fault? = nil) { self.fault = fault }

    deinit { texts.deallocate() }

    func sample(at index: Int) -> DecodedSample {
        let entry = entries[index]
        return DecodedSample(
            sample: entry.sample, id: UnsafeRawBufferPointer(rebasing: texts[entry.id]),
            page: UnsafeRawBufferPointer(rebasing: texts[entry.page]))
    }

    func tail(at index: Int) -> DecodedTail { DecodedTail() }

    mutating func decode(
        _ message: UnsafeRawBufferPointer, _ kind: MessageKind, after state: borrowing DeltaState
    ) -> DecodeOutcome {
        entries.removeAll()
        used = 0
        next = leftOver ?? copy state
        leftOver = nil
        guard kind == .binary else { return .refused(.wrongKind) }
        guard let refusal = decodeRecords(message) else { return .accepted(count: entries.count) }
        if fault == .buildsUponRefused { leftOver = next }
        return .refused(refusal)
    }

    mutating func commit(to state: inout DeltaState) { state = next }

    private mutating func decodeRecords(_ message: UnsafeRawBufferPointer) -> SampleRefusal? {
        var reader = DeltaReader(rest: message[...])
        guard message.count <= Limits.messageBytes, reader.byte() == DeltaRecord.magic else {
            return .notAnObject
        }
        var id = keep(next.id)
        var page = keep(next.page ?? [])
        while let flags = reader.byte() {
            guard flags & 0x80 == 0, let kind = PointerKind(rawValue: flags >> 4) else {
                return .unacceptable(.kind)
            }
            if flags & 1 != 0 {
                guard let text = reader.text(), (1...Limits.idBytes).contains(text.count) else {
                    return .unacceptable(.id)
                }
                next.id = text
                id = keep(text)
            }
            if id.isEmpty { return .missing(.id) }
            guard let moved = reader.position(from: next, isAbsolute: flags & 2 != 0) else {
                return .missing(.x)
            }
            next.x = moved.x
            next.y = moved.y
            var sample = PointerSample(x: Double(moved.x), y: Double(moved.y), kind: kind)
            if flags & 4 != 0 {
                guard let text = reader.text() else { return .unacceptable(.page) }
                next.page = text
                page = keep(text)
            }
            if flags & 12 != 0 {
                guard next.page != nil else { return .missing(.page) }
                sample.fields.insert(.page)
            }
            entries.append(Entry(sample: sample, id: id, page: page))
        }
        return nil
    }

    private mutating func keep(_ text: [UInt8]) -> Range<Int> {
        texts[used...].copyBytes(from: text)
        used += text.count
        return used - text.count..<used
    }
}

private struct DeltaReader {
    var rest: Slice<UnsafeRawBufferPointer>

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func text() -> [UInt8]? {
        guard let count = byte(), rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }

    mutating func position(from last: DeltaState, isAbsolute: Bool) -> (x: Int32, y: Int32)? {
        let width = isAbsolute ? 4 : 1
        guard rest.count >= 2 * width else { return nil }
        let values = (0..<2).map { _ in
            (0..<width).reduce(UInt32(0)) { $0 | UInt32(byte() ?? 0) << UInt32(8 * $1) }
        }
        if isAbsolute { return (Int32(bitPattern: values[0]), Int32(bitPattern: values[1])) }
        let steps = values.map { Int32(Int8(truncatingIfNeeded: $0)) }
        return (last.x &+ steps[0], last.y &+ steps[1])
    }
}
