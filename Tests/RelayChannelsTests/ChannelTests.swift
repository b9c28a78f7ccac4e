import Glibc
import PointerEvents
import PosixIO
import RelayWire
import TestSupport
import Testing

@testable import RelayChannels

/// Both ends of both channels over real sockets.
@Suite struct ChannelTests {
    @Test func controlRecordsGoBothWays() throws {
        let pair = try SocketPair()
        let master = try ControlEnd(pair.first, from: .worker)
        let worker = try ControlEnd(pair.second, from: .master)
        #expect(worker.receive() == [])
        master.send(.ping(sequence: 5))
        #expect(master.flush())
        #expect(try worker.ready().toRead)
        #expect(worker.receive() == [.hello, .ping(sequence: 5)])
        worker.send(.pong(sequence: 5))
        #expect(worker.flush())
        #expect(master.receive() == [.hello, .pong(sequence: 5)])
    }

    @Test func nonsenseClosesAControlChannel() throws {
        let pair = try SocketPair()
        let master = try ControlEnd(pair.first, from: .worker)
        let far = pair.second.raw
        let sent = [UInt8](repeating: 0xFF, count: 16).withUnsafeBytes { write(far, $0.baseAddress, 16) }
        #expect(sent == 16)
        #expect(master.receive() == nil)
        #expect(!master.isOpen)
        // It is not watched any more, or its owner would spin.
        #expect(try master.ready() == (false, false))
        #expect(master.receive() == nil)
    }

    @Test func theEndClosesAControlChannel() throws {
        let pair = try SocketPair()
        let worker = try ControlEnd(pair.first, from: .master)
        shutdown(pair.second.raw, Int32(SHUT_RDWR))
        #expect(worker.receive() == nil)
        #expect(try worker.ready() == (false, false))
    }

    /// What the kernel does not take is watched for, and goes when there is room.
    @Test func aFullControlChannelGoesOn() throws {
        let pair = try SocketPair()
        let master = try ControlEnd(pair.first, from: .worker)
        let worker = try ControlEnd(pair.second, from: .master)
        for sequence: UInt64 in 0..<100_000 { master.send(.ping(sequence: sequence)) }
        #expect(master.flush())
        var sequences: [UInt64] = []
        while sequences.count < 100_000 {
            let records = try #require(worker.receive())
            for case .ping(let sequence) in records { sequences.append(sequence) }
            guard records.isEmpty else { continue }
            #expect(try master.ready().toWrite)
            #expect(master.flush())
        }
        #expect(sequences == Array(0..<100_000))
        #expect(try !master.ready().toWrite)
    }

    @Test func recordsComeWholeThroughAFullDataChannel() throws {
        let pair = try SocketPair()
        let worker = try DataEnd(pair.first, from: .master)
        let master = try DataEnd(pair.second, from: .worker)
        var queue = RelayQueue()
        [UInt8(ascii: "a")].withUnsafeBytes {
            queue.appendJoin(slot: 0, connection: 1, receivedNanoseconds: 1, id: $0)
        }
        for number in 0..<20_000 {
            var sample = PointerSample(x: Double(number), y: 0)
            sample.kind = .click
            sample.fields = .kind
            queue.append(sample)
        }
        var taken = 0
        while taken < 20_000 {
            let isOpen = worker.write(&queue)
            try #require(isOpen)
            let isWatched = try worker.ready().toWrite
            while case .bytes = master.read() {}
            try master.takeRecords { record in
                guard case .sample(let sample) = record else { return }
                if sample.pointee.x != Double(taken) { Issue.record("\(sample.pointee.x), not \(taken)") }
                taken += 1
            }
            // Full it was, and is watched for room.
            let isEmpty = queue.isEmpty
            #expect(isWatched == false)
            #expect(try worker.ready().toWrite == !isEmpty)
        }
    }

    /// More connections than one message carries, more messages than the socket holds.
    @Test func connectionsArriveInOrderWithTheirDescriptors() throws {
        let pair = try SocketPair()
        let master = try DataEnd(pair.first, from: .worker)
        let worker = try DataEnd(pair.second, from: .master)
        let pipes = try (0..<3).map { _ in try #require(PipeEnds()) }
        var waiting = (0..<600).map { number in
            let copy = Descriptor(owning: fcntl(pipes[number % 3].writing, F_DUPFD_CLOEXEC, 0))
            return WaitingConnection(number: UInt64(number), descriptor: copy)
        }
        var numbers: [UInt64] = []
        while numbers.count < 600 {
            #expect(master.handOver(&waiting))
            for (number, descriptor, _) in try #require(worker.arrivals()) {
                let raw = try #require(descriptor)
                var mark = UInt8(truncatingIfNeeded: number)
                #expect(write(raw, &mark, 1) == 1)
                mark = 0
                #expect(read(pipes[Int(number) % 3].reading, &mark, 1) == 1)
                #expect(mark == UInt8(truncatingIfNeeded: number))
                close(raw)
                numbers.append(number)
            }
        }
        #expect(numbers == Array(0..<600))
        #expect(waiting.isEmpty)
    }

    /// Connections that move go between samples and other connections, through sockets that are full, and
    /// each has its own descriptor and state at the other end.
    @Test func connectionsMoveThroughFullChannelsWithTheirDescriptors() throws {
        let old = try SocketPair()
        let new = try SocketPair()
        let oldWorker = try DataEnd(old.first, from: .master)
        let fromOld = try DataEnd(old.second, from: .worker)
        let toNew = try DataEnd(new.first, from: .worker)
        let newWorker = try DataEnd(new.second, from: .master)
        let pipes = try (0..<3).map { _ in try #require(PipeEnds()) }
        var random = SplitMix64(seed: 8)
        var queue = RelayQueue()
        var states: [[UInt8]] = []
        for number in 0..<400 {
            let isLarge = random.once(in: 20)
            let length = random.below(isLarge ? RelayLimits.movedStateBytes + 1 : 300)
            let state = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
            let isAlone = number % 50 == 7
            let copy = isAlone ? nil : fcntl(pipes[number % 3].writing, F_DUPFD_CLOEXEC, 0)
            state.withUnsafeBytes {
                queue.appendMoved(connection: UInt64(number), state: $0, descriptor: copy)
            }
            for _ in 0..<random.below(3) { queue.appendAdopted(connection: 1_000_000) }
            states.append(state)
        }
        var passed = PassedDescriptors()
        var waiting: [WaitingConnection] = []
        var arrived = 0
        while arrived < 400 {
            let isOpen = oldWorker.write(&queue)
            #expect(isOpen)
            while case .bytes = fromOld.read(&passed) {
                try fromOld.takeRecords { record in
                    guard case .moved(let move) = record else { return }
                    waiting.append(
                        WaitingConnection(
                            number: move.connection,
                            descriptor: move.isAlone ? nil : passed.next(isFirst: true),
                            state: Array(move.state)))
                }
            }
            #expect(toNew.handOver(&waiting))
            for (number, descriptor, state) in try #require(newWorker.arrivals()) {
                #expect(number == UInt64(arrived))
                #expect(state == states[arrived])
                let isAlone = number % 50 == 7
                #expect((descriptor == nil) == isAlone)
                if let descriptor {
                    var mark = UInt8(truncatingIfNeeded: number)
                    #expect(write(descriptor, &mark, 1) == 1)
                    mark = 0
                    #expect(read(pipes[Int(number) % 3].reading, &mark, 1) == 1)
                    #expect(mark == UInt8(truncatingIfNeeded: number))
                    close(descriptor)
                }
                // Its master keeps it until it hears that it was taken over.
                let adopted = toNew.adopting.removeValue(forKey: number)
                let kept = try #require(adopted)
                #expect((kept.descriptor == nil) == isAlone)
                kept.discard()
                arrived += 1
            }
        }
        let left = passed.count
        #expect(left == 0)
        #expect(toNew.adopting.isEmpty)
    }

    /// Where the kernel drops descriptors, those of the next message are not taken for them.
    @Test func descriptorsStayWithTheirMessages() throws {
        let pipe = try #require(PipeEnds())
        func copy() -> Descriptor { Descriptor(owning: fcntl(pipe.writing, F_DUPFD_CLOEXEC, 0)) }
        var passed = PassedDescriptors()
        passed.add(copy())
        passed.endGroup()
        passed.endGroup()
        let third = copy()
        let number = third.raw
        passed.add(third)
        passed.endGroup()
        // One came of two, then none of one, then one.
        var taken: [Int32?] = []
        for isFirst in [true, false, true, true, true] { taken.append(passed.next(isFirst: isFirst)) }
        let first = try #require(taken[0])
        #expect(taken[1...] == [nil, nil, number, nil])
        close(first)
        close(number)
        // What nobody asks for is closed.
        let stray = copy()
        let strayNumber = stray.raw
        passed.add(stray)
        passed.add(copy())
        passed.endGroup()
        passed.endGroup()
        let (one, none) = (passed.next(isFirst: true), passed.next(isFirst: true))
        #expect(one == strayNumber && none == nil)
        close(strayNumber)
        let left = passed.count
        #expect(left == 0)
    }

    @Test func aBrokenRecordIsAnError() throws {
        let pair = try SocketPair()
        let master = try DataEnd(pair.first, from: .worker)
        let far = pair.second.raw
        let sent = [UInt8](repeating: 7, count: 64).withUnsafeBytes { write(far, $0.baseAddress, 64) }
        #expect(sent == 64)
        #expect(master.read() == .bytes(64))
        #expect(throws: RelayError.self) { try master.takeRecords { _ in } }
    }

    @Test func theEndOfADataChannelIsSeenByReadingAndByWriting() throws {
        let pair = try SocketPair()
        let worker = try DataEnd(pair.first, from: .master)
        shutdown(pair.second.raw, Int32(SHUT_RDWR))
        #expect(worker.arrivals() == nil)
        var queue = RelayQueue()
        #expect(worker.write(&queue) == false)
    }
}
