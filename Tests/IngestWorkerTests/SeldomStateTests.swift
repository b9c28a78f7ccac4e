import ByteCore
import HTTPWire
import PosixIO
import Testing
import WebSocketWire

@testable import IngestWorker

/// What a connection costs that says little, and when what it has seldom is gone again.
@Suite struct SeldomStateTests {
    private func keepsNothing(_ visitor: Visitor, _ bench: WorkerBench) -> Bool {
        guard let connection = bench.connection(of: visitor) else { return false }
        return connection.pointee.seldom.isEmpty && connection.pointee.keptBytes == 0
            && connection.pointee.holder.bytes == 0
    }

    @Test func layout() {
        // A page of 4 KiB for 46 connections that say nothing.
        #expect(MemoryLayout<VisitorConnection>.stride == 88)
        #expect(MemoryLayout<Speaker>.stride == 56)
    }

    @Test func fieldsAreThereWhereNothingIs() throws {
        let stream = ByteStream(try SocketPair().first.duplicated())
        var connection = VisitorConnection(stream: stream, number: 7, nowSeconds: 9)
        #expect(connection.sinceSeconds == 9 && connection.number == 7)
        #expect(connection.spillCount == 0 && connection.spill.isEmpty && connection.outbound == nil)
        #expect(connection.exchange == nil && connection.rates == nil && connection.holder.bytes == 0)
        #expect(connection.neededBytes == 0)
        #expect(connection.unfinishedSinceSeconds == VisitorConnection.never)
        #expect(connection.readAwaits == .readable && connection.writeAwaits == .writable)
        #expect(connection.watched.isEmpty == true)
        // To say what holds already costs nothing.
        connection.unfinishedSinceSeconds = VisitorConnection.never
        connection.readAwaits = .readable
        connection.writeAwaits = .writable
        connection.exchange = nil
        connection.rates = nil
        connection.forgetSpill()
        connection.keepRest(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(connection.seldom.isEmpty == true)
        connection.writeAwaits = .readable
        connection.unfinishedSinceSeconds = 4
        connection.neededBytes = 12
        connection.watched = [.readable, .onlyNews]
        #expect(connection.writeAwaits == .readable && connection.unfinishedSinceSeconds == 4)
        #expect(connection.neededBytes == 12 && connection.watched == [.readable, .onlyNews])
        connection.writeAwaits = .writable
        #expect(connection.seldom.isEmpty == false)
        connection.unfinishedSinceSeconds = VisitorConnection.never
        #expect(connection.seldom.isEmpty == true)
    }

    @Test func marksAreEachTheirOwn() throws {
        let stream = ByteStream(try SocketPair().first.duplicated())
        var connection = VisitorConnection(stream: stream, number: 7, nowSeconds: 9)
        func marks(of connection: borrowing VisitorConnection) -> [Bool] {
            [
                connection.hasUnread, connection.isReadInParts, connection.hasRest, connection.deflates,
                connection.isPinged, connection.bringsUnfoldable,
            ]
        }
        func set(_ mark: Int, _ isSo: Bool, of connection: inout VisitorConnection) {
            switch mark {
            case 0: connection.hasUnread = isSo
            case 1: connection.isReadInParts = isSo
            case 2: connection.hasRest = isSo
            case 3: connection.deflates = isSo
            case 4: connection.isPinged = isSo
            default: connection.bringsUnfoldable = isSo
            }
        }
        var expected = [Bool](repeating: false, count: 6)
        let first = marks(of: connection)
        #expect(first == expected)
        for mark in [3, 0, 5, 1, 4, 2, 0, 3, 2, 5, 4, 1] {
            expected[mark].toggle()
            set(mark, expected[mark], of: &connection)
            set(mark, expected[mark], of: &connection)
            let now = marks(of: connection)
            #expect(now == expected)
        }
    }

    @Test func howFarAHeadWasLookedAtIsKeptWhileItIsNotWhole() throws {
        let stream = ByteStream(try SocketPair().first.duplicated())
        var connection = VisitorConnection(stream: stream, number: 7, nowSeconds: 9)
        var head = HTTPRequestHead()
        let text = Array("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        // The second head on a connection is looked at from its start.
        for _ in 0..<2 {
            for count in 1...text.count {
                let outcome = text.withUnsafeBytes { text in
                    let bytes = UnsafeRawBufferPointer(rebasing: text[..<count])
                    let outcome = connection.parseHead(bytes, into: &head)
                    connection.keepRest(
                        outcome == .incomplete ? bytes : UnsafeRawBufferPointer(start: nil, count: 0))
                    return outcome
                }
                #expect(outcome == (count < text.count ? .incomplete : .complete(consumed: text.count)))
                #expect(connection.seldom.isEmpty == (count == text.count))
            }
        }
    }

    @Test func anOpenConnectionKeepsNothing() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        #expect(keepsNothing(visitor, bench))
        visitor.say(Visitor.samples(of: "a", "move", from: 0, count: 3))
        bench.settle()
        #expect(keepsNothing(visitor, bench))
    }

    @Test func aPingLeavesNothing() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        visitor.say(Visitor.frame([1, 2, 3], opcode: 9))
        bench.settle()
        #expect(visitor.hear().count == 5)
        #expect(keepsNothing(visitor, bench))
    }

    /// Cut anywhere, a head and a message leave nothing once they are whole.
    @Test func halvesLeaveNothingOnceTheyAreWhole() throws {
        let bench = try WorkerBench()
        let message = Visitor.samples(of: "a", "click", from: 0, count: 1)
        for cut in 1..<message.count {
            let visitor = try bench.call()
            let headCut = 1 + cut % (Visitor.handshake.count - 1)
            for piece in [Visitor.handshake.prefix(headCut), Visitor.handshake.dropFirst(headCut)] {
                visitor.say(Array(piece))
                bench.settle()
            }
            #expect(keepsNothing(visitor, bench))
            visitor.say(Array(message.prefix(cut)))
            bench.settle()
            #expect(!keepsNothing(visitor, bench))
            visitor.say(Array(message.dropFirst(cut)))
            bench.settle()
            #expect(keepsNothing(visitor, bench))
        }
        #expect(bench.worker.held.total == 0)
    }

    @Test func aPostLeavesNothing() throws {
        let bench = try WorkerBench()
        let visitor = try bench.call()
        let body = #"{"id":"a","x":1,"y":2}"#
        let request = Array(
            ("POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)").utf8)
        for _ in 0..<2 {
            visitor.say(Array(request.dropLast(5)))
            bench.settle()
            #expect(!keepsNothing(visitor, bench))
            visitor.say(Array(request.suffix(5)))
            bench.settle()
            #expect(String(decoding: visitor.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 20"))
            #expect(keepsNothing(visitor, bench))
        }
    }

    /// Who does not read its answers has them kept, and nothing once it does.
    @Test func whatIsNotReadIsKeptUntilItIs() throws {
        let bench = try WorkerBench()
        let visitor = try bench.connect()
        for _ in 0..<100_000 where !bench.hasUnread(visitor) {
            visitor.say(Visitor.frame([UInt8](repeating: 0x20, count: 125), opcode: 9))
            bench.settle()
        }
        #expect(!keepsNothing(visitor, bench) && bench.worker.held.total > 0)
        while !visitor.hear().isEmpty || !visitor.hasSaidAll {
            visitor.push()
            bench.settle()
        }
        // Its rates stay: it has brought much.
        #expect(bench.connection(of: visitor)?.pointee.keepsNothing == true)
        #expect(bench.worker.held.total == 0)
    }
}
