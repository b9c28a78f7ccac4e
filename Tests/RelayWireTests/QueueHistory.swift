import ByteCore
import PointerEvents
import TestSupport

@testable import RelayWire

extension RelayQueue {
    /// Samples not wholly written yet.
    var queuedCount: UInt64 { appended - writtenCount - foldedCount }
}

/// One random life of a queue and the reader behind it, held against the model at every step.
struct QueueHistory: ~Copyable {
    private static let thresholds = FoldThresholds(
        foldBytes: 1024, intervalBytes: 256, initialBytes: 64, idleBytes: 512)
    private static let slotCount = 5

    private var random: SplitMix64
    private var queue = RelayQueue(thresholds: thresholds)
    private var model = QueueModel(thresholds: thresholds)
    private var inbox = Inbox()
    private var witness = Witness()
    private var owners = [UInt64?](repeating: nil, count: slotCount)
    private var namedTexts: [RelayText: [UInt32]] = [:]
    private var connections: UInt64 = 0
    private var serial = 0.0
    /// Samples that come before anything else happens.
    private var flood = 0
    private var ridersExpected: [Int32] = []
    private var riders: [Int32] = []
    /// Descriptors that went with another record than theirs.
    private var strays = 0
    private var expected: [Told] = []
    private var told: [Told] = []

    init(seed: UInt64, fault: FoldFault? = nil) {
        random = SplitMix64(seed: seed)
        queue.fault = fault
    }

    /// Runs the history; nil when queue, reader and model agreed all the way.
    mutating func firstDifference(steps: Int) -> String? {
        do throws(RelayError) {
            for step in 0..<steps {
                try act()
                if let difference = difference() { return "step \(step): \(difference)" }
            }
            try write(queue.count)
        } catch {
            return "the reader refused what was written: \(error)"
        }
        if let difference = difference() { return "at the end: \(difference)" }
        guard told == expected else { return "the reader told something else than was written" }
        guard riders == ridersExpected, strays == 0 else { return "descriptors went astray" }
        if let difference = witness.firstDifference(in: told) { return difference }
        guard queue.writtenCount + queue.foldedCount == queue.appended else {
            return "samples are missing"
        }
        return nil
    }

    private mutating func act() throws(RelayError) {
        guard flood == 0 else {
            flood -= 1
            return say()
        }
        switch random.below(100) {
        case ..<57: say()
        case ..<60: flood = 10 + random.below(20)
        case ..<70: joinOrLeave()
        case ..<78: appendText()
        case ..<82:
            queue.setMark()
            model.setMark()
        case ..<85:
            queue.foldSinceMark()
            model.foldSinceMark()
        case ..<88: floodAlone()
        case ..<93: try write(random.below(min(queue.count, 300) + 1))
        case ..<97: try write(queue.count / 2)
        default: try write(queue.count)
        }
    }

    /// One visitor's moves and nothing else, or nearly so, are folded.
    private mutating func floodAlone() {
        let slot = random.below(Self.slotCount)
        guard owners[slot] != nil else { return }
        queue.setMark()
        model.setMark()
        // Whatever else happens may be this visitor's leave.
        for _ in 0...random.below(6) where owners[slot] != nil {
            switch random.below(20) {
            case 0: say()
            case 1: say(.scroll, of: slot, surroundings())
            case 2: say(.move, of: slot, surroundings())
            default: say(.move, of: slot, Surroundings())
            }
        }
        queue.foldSinceMark()
        model.foldSinceMark()
    }

    private mutating func say() {
        let slot = random.below(Self.slotCount)
        guard owners[slot] != nil else { return joinOrLeave() }
        let kind: PointerKind =
            switch random.below(10) {
            case ..<6: .move
            case ..<8: .scroll
            default: PointerKind(rawValue: UInt8(random.below(8))) ?? .click
            }
        say(kind, of: slot, surroundings())
    }

    private mutating func say(_ kind: PointerKind, of slot: Int, _ says: Surroundings) {
        serial += 1
        queue.append(slot: UInt32(slot), kind, x: serial, says: says)
        let told = Told.sample(slot: UInt32(slot), kind: kind, x: serial, says: says)
        model.append(told, length: says.recordBytes)
        witness.see(told)
    }

    /// Mostly nothing, as pages send it.
    private mutating func surroundings() -> Surroundings {
        var says = Surroundings()
        guard random.below(4) == 0 else { return says }
        if random.below(2) == 0 { says.page = namedTexts[.page]?.randomElement(using: &random) }
        if random.below(2) == 0 { says.width = Double(random.below(4000)) }
        if random.below(2) == 0 { says.height = Double(random.below(4000)) }
        guard random.below(2) == 0 else { return says }
        var tail = Surroundings.Tail()
        if random.below(2) == 0 { tail.scrollX = Double(random.below(4000)) }
        if random.below(2) == 0 { tail.scrollY = Double(random.below(4000)) }
        if random.below(3) == 0 { tail.documentWidth = Double(random.below(4000)) }
        if random.below(3) == 0 { tail.documentHeight = Double(random.below(4000)) }
        if random.below(3) == 0 { tail.pointerType = UInt8(random.below(4)) }
        if random.below(2) == 0 { tail.name = namedTexts[.name]?.randomElement(using: &random) }
        if random.below(3) == 0 { tail.element = namedTexts[.element]?.randomElement(using: &random) }
        says.tail = tail
        return says
    }

    private mutating func joinOrLeave() {
        let index = random.below(Self.slotCount)
        let slot = UInt32(index)
        if let connection = owners[index] {
            guard random.below(4) > 0 else { return move(slot, connection) }
            let mayReturn = random.below(2) == 0
            let leave = Told.leave(slot: slot, connection: connection, mayReturn: mayReturn)
            queue.appendLeave(slot: slot, connection: connection, mayReturn: mayReturn)
            model.append(leave, length: 16)
            queue.appendClosed(connection: connection)
            model.append(.closed(connection), length: 16)
            witness.see(leave)
            owners[index] = nil
        } else {
            connections += 1
            let id = "v\(connections)"
            queue.appendJoin(slot: slot, connection: connections, id: id)
            let join = Told.join(slot: slot, connection: connections, received: 7, id: Array(id.utf8))
            model.append(join, length: 112)
            owners[index] = connections
        }
    }

    /// The visitor goes on elsewhere, most often with a connection whose descriptor is its number.
    private mutating func move(_ slot: UInt32, _ connection: UInt64) {
        let state = [UInt8](repeating: UInt8(truncatingIfNeeded: connection), count: random.below(100))
        let isAlone = random.below(4) == 0
        queue.appendMoving(slot: slot, connection: connection)
        queue.appendMoved(connection: connection, state: state, descriptor: isAlone ? nil : Int32(connection))
        let moving = Told.moving(slot: slot, connection: connection)
        model.append(moving, length: 16)
        model.append(
            .moved(connection, isAlone: isAlone, state: state), length: (24 + state.count + 7) / 8 * 8)
        witness.see(moving)
        if !isAlone { ridersExpected.append(Int32(connection)) }
        owners[Int(slot)] = nil
    }

    private mutating func appendText() {
        let kind: RelayText = RelayText.allCases.randomElement(using: &random) ?? .page
        serial += 1
        let text = String(repeating: "p", count: random.below(30)) + "\(serial)"
        let index = UInt32(random.below(3))
        if random.below(8) == 0 {
            queue.appendNoText(kind, index: index)
            model.append(.noText(kind, index: index), length: 16)
            witness.see(.noText(kind, index: index))
            if namedTexts[kind]?.contains(index) != true { namedTexts[kind, default: []].append(index) }
            return
        }
        queue.appendText(kind, index: index, text: text)
        let told = Told.text(kind, index: index, bytes: Array(text.utf8))
        model.append(told, length: (10 + text.utf8.count + 7) / 8 * 8)
        witness.see(told)
        if namedTexts[kind]?.contains(index) != true { namedTexts[kind, default: []].append(index) }
    }

    /// The kernel takes `count` bytes and hands them to the reader in pieces of its own.
    private mutating func write(_ count: Int) throws(RelayError) {
        var left = count
        while left > 0 {
            let most = min(left, queue.readable.count)
            try writeOnce(most)
            left -= most
        }
    }

    private mutating func writeOnce(_ count: Int) throws(RelayError) {
        var taken = UnsafeRawBufferPointer(rebasing: queue.readable.prefix(count))
        if let rider = queue.rider {
            riders.append(rider)
            // It goes with its own record and none else's.
            let header = queue.readable.loadUnaligned(as: RelayHeader.self)
            let number = queue.readable.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            if header.type != RelayRecordType.moved.rawValue || number != UInt64(rider) { strays += 1 }
        }
        while !taken.isEmpty {
            let piece = 1 + random.below(taken.count)
            told += try inbox.receive(UnsafeRawBufferPointer(rebasing: taken.prefix(piece)))
            taken = UnsafeRawBufferPointer(rebasing: taken.dropFirst(piece))
        }
        queue.wrote(count)
        expected += model.write(count)
    }

    private func difference() -> String? {
        guard queue.count == model.queuedBytes else { return "\(queue.count) bytes for \(model.queuedBytes)" }
        guard queue.appended == UInt64(model.appended) else { return "appended \(queue.appended)" }
        guard queue.writtenCount == UInt64(model.written) else { return "written \(queue.writtenCount)" }
        guard queue.foldedCount == UInt64(model.folded) else { return "folded \(queue.foldedCount)" }
        guard queue.queuedCount == UInt64(model.queuedSamples) else { return "queued \(queue.queuedCount)" }
        guard queue.unfoldableBytes == model.unfoldableBytes else {
            return "unfoldable \(queue.unfoldableBytes)"
        }
        guard told.count == expected.count else { return "\(told.count) records told of \(expected.count)" }
        return nil
    }
}
