import BroadcastHub
import Foundation
import PosixIO
import Testing

@testable import ViewerGateway

/// The terminal's process takes its leave.
@Suite struct DetachTests {
    private func finds(_ text: String, piece: Int) -> Bool {
        LookTests.words(text, piece: piece).contains(.detach)
    }

    @Test(arguments: [1, 2, 3, 1000])
    func onlyTheLineItselfIsHeard(piece: Int) {
        for text in [
            "detach\n", "\ndetach\n", "detac\ndetach\nx", "xdetach\n\u{0}\ndetach\n", "detach\ndetach\n",
        ] {
            #expect(finds(text, piece: piece), "\(text)")
        }
        for text in [
            "", "detach", "detach\r\n", " detach\n", "xdetach\n", "detachdetach\n", "Detach\n", "det\nach\n",
        ] {
            #expect(!finds(text, piece: piece), "\(text)")
        }
    }

    private static let answer = Message(event: "detached", data: #"{"pid":\#(ProcessMemory.ownPid)}"#, id: "")

    @Test func theFrontIsAnsweredAndMayGo() throws {
        let fixture = try Fixture()
        let front = Watcher(bare: try attachFront(fixture))
        let viewer = try Watcher(fixture)
        for byte in Array("detach\n".utf8) {
            #expect(!fixture.gateway.isFrontDetached)
            front.client.send([byte])
            for _ in 0..<3 { fixture.turn() }
        }
        #expect(fixture.gateway.isFrontDetached && fixture.gateway.isFrontAttached)
        #expect(
            try fixture.run {
                try front.read()
                return front.messages.contains { $0.event == "detached" }
            })
        // Asked again, it is answered no second time.
        front.client.send("detach\n")
        Crowd(fixture).move("u", 1, 1)
        #expect(
            try fixture.run {
                try front.read()
                return front.messages.contains { $0.event == "frame" }
            })
        #expect(front.messages.count { $0.event == "detached" } == 1)
        #expect(front.messages.first { $0.event == "detached" }?.data == Self.answer.data)
        front.client.close()
        #expect(fixture.run { !fixture.gateway.isFrontAttached })
        #expect(fixture.gateway.isFrontDetached, "it went as one that was let go")
        #expect(fixture.gateway.viewerCount == 1)
        try viewer.read()
        #expect(!viewer.client.hasEnded)
    }

    /// The answer waits for the end of what is half written, and parses wherever it is asked for.
    @Test func theAnswerFallsIntoNoMessage() throws {
        var askedWithinMessage = 0
        for reads in 0..<12 {
            let fixture = try Fixture()
            let crowd = Crowd(fixture)
            let front = Watcher(bare: try attachFront(fixture, bufferBytes: 4096))
            #expect(
                try fixture.run {
                    try front.read()
                    return front.messages.contains { $0.event == "keyframe" }
                })
            for visitor in 0..<600 { crowd.move("somebody with a long name \(visitor)", 1, 2) }
            fixture.advance(seconds: 0.2)
            for _ in 0..<4 { fixture.turn() }
            for _ in 0..<reads {
                try front.read(limit: 700)
                fixture.turn()
            }
            let id = try #require(fixture.gateway.framesRound.viewers.first?.id)
            if !fixture.hub.isBetweenMessages(id) { askedWithinMessage += 1 }
            front.client.send("detach\n")
            #expect(
                try fixture.run {
                    try front.read(limit: 3000)
                    return front.messages.contains { $0.event == "detached" }
                })
            let others: Set = ["keyframe", "frame", "status", "detached"]
            #expect(front.messages.allSatisfy { others.contains($0.event) })
            for message in front.messages {
                #expect((try? JSONSerialization.jsonObject(with: Data(message.data.utf8))) != nil)
            }
        }
        #expect(askedWithinMessage > 5)
    }

    @Test func lastWordsAreHeard() throws {
        let fixture = try Fixture()
        let front = try attachFront(fixture)
        Crowd(fixture).move("u", 1, 1)
        front.send("detach\n")
        front.close()
        // The write finds out first that the front has gone.
        fixture.hub.endTurn(now: fixture.now)
        fixture.hub.tick(now: fixture.now)
        fixture.gateway.serve(fixture.poller, now: fixture.now)
        #expect(!fixture.gateway.isFrontAttached && fixture.gateway.isFrontDetached)
    }

    @Test func whatElseItSaysIsPassedOver() throws {
        let fixture = try Fixture()
        let front = try attachFront(fixture)
        let viewer = try Watcher(fixture)
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        // A viewer of the HTTP port has nothing to say.
        viewer.client.send("detach\n")
        front.send([UInt8](repeating: 120, count: 30_000))
        front.send("\nquit\ndetach ")
        for _ in 0..<20 { fixture.turn() }
        #expect(fixture.gateway.isFrontAttached && !fixture.gateway.isFrontDetached)
        for _ in 0..<4 {
            front.send([UInt8](repeating: 10, count: 10_000))
            for _ in 0..<3 { fixture.turn() }
        }
        #expect(!fixture.gateway.isFrontAttached && !fixture.gateway.isFrontDetached, "too much of it")
        #expect(fixture.gateway.viewerCount == 1)
    }

    @Test func oneThatStaysIsAViewerLikeAnyOther() throws {
        let fixture = try Fixture(ringBytes: 512 * 1024)
        let front = try attachFront(fixture, bufferBytes: 4096)
        front.send("detach\n")
        #expect(fixture.run { fixture.gateway.isFrontDetached })
        let crowd = Crowd(fixture)
        for round in 0..<65 {
            for visitor in 0..<100 { crowd.move("visitor \(visitor)", Double(round), 0) }
            fixture.advance(seconds: 10)
            fixture.turn()
        }
        #expect(fixture.gateway.streamCount == 0)
    }
}
