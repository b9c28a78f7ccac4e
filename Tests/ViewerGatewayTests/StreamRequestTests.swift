import BroadcastHub
import ByteCore
import FramesShape
import HTTPWire
import SSEWire
import Testing

@testable import ViewerGateway

@Suite struct StreamRequestTests {
    private enum Outcome: Equatable {
        case accepted(ViewerShape, ResumeRequest)
        case refused(StreamRequest.Refusal)
    }

    private func read(_ target: String, _ fields: String = "") -> Outcome? {
        var head = HTTPRequestHead()
        var scratch = ByteBuffer()
        return Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8).withUnsafeBytes { bytes in
            guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return nil }
            do throws(StreamRequest.Refusal) {
                let request = try StreamRequest(head, in: bytes, scratch: &scratch)
                return .accepted(request.shape, request.resume)
            } catch {
                return .refused(error)
            }
        }
    }

    private let known = "00c0ffee00c0ffee-17"
    private let knownID = LastEventID(boot: 0x00C0_FFEE_00C0_FFEE, n: 17)

    @Test func theShapeIsSamplesUnlessFramesAreAskedFor() {
        #expect(read("/receive/a") == .accepted(.samples, .head))
        #expect(read("/receive/a?") == .accepted(.samples, .head))
        #expect(read("/receive/a?x=1&y") == .accepted(.samples, .head))
        #expect(read("/receive/a?shape=frames") == .accepted(.frames(.hz10), .head))
        for rate in FrameRate.allCases {
            let hz = rate.rawValue
            #expect(read("/receive/a?shape=frames&hz=\(hz)") == .accepted(.frames(rate), .head))
            #expect(read("/receive/a?hz=\(hz)&shape=frames") == .accepted(.frames(rate), .head))
        }
    }

    @Test(arguments: ["0", "2", "61", "100", "-1", "10.0", "010", "", "a", "%31%30x", "1e1"])
    func otherRatesAreRefused(hz: String) {
        #expect(read("/receive/a?shape=frames&hz=\(hz)") == .refused(.rate))
    }

    @Test(arguments: ["", "frame", "Frames", "framess", "keyframes"])
    func otherShapesAreRefused(shape: String) {
        #expect(read("/receive/a?shape=\(shape)") == .refused(.shape))
    }

    @Test func theHeaderWinsOverTheQuery() {
        #expect(read("/receive/a", "Last-Event-ID: \(known)\r\n") == .accepted(.samples, .after(knownID)))
        #expect(read("/receive/a?last-event-id=\(known)") == .accepted(.samples, .after(knownID)))
        #expect(
            read("/receive/a?last-event-id=00c0ffee00c0ffee-3", "last-event-id: \(known)\r\n")
                == .accepted(.samples, .after(knownID)))
        #expect(
            read("/receive/a?last-event-id=00c0ffee00c0ffee%2D17")
                == .accepted(.samples, .after(knownID)))
    }

    @Test(arguments: ["x", "17", "-17", "00c0ffee00c0ffee-", "00C0FFEE00C0FFEE-17", "00c0ffee00c0ffee-1 7"])
    func aMalformedIDIsOneOfAnUnknownBoot(id: String) {
        #expect(read("/receive/a", "Last-Event-ID: \(id)\r\n") == .accepted(.samples, .unreadable))
    }

    @Test func anEmptyIDIsNone() {
        #expect(read("/receive/a", "Last-Event-ID:\r\n") == .accepted(.samples, .head))
        #expect(read("/receive/a?last-event-id=") == .accepted(.samples, .head))
        #expect(read("/receive/a?last-event-id=%zz") == .accepted(.samples, .unreadable))
    }
}
