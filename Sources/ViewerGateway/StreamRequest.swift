import BroadcastHub
import ByteCore
import HTTPWire
import SSEWire

/// What a viewer asks of `/receive/{name}`: shape, rate, and where to go on.
struct StreamRequest {
    var shape = ViewerShape.samples
    var resume = ResumeRequest.head

    /// Why a request for a stream is answered 400.
    enum Refusal: Error {
        case shape, rate

        var reason: StaticString {
            switch self {
            case .shape: "shape is frames or left out"
            case .rate: "hz is one of 1, 5, 10, 15, 30, 60"
            }
        }
    }

    /// Frames a second where the request does not say.
    static let standardRate = 10

    /// Reads query and header; `scratch` is overwritten.
    init(
        _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, scratch: inout ByteBuffer
    ) throws(Refusal) {
        let hz = try Self.rate(head.queryValue(of: "hz", in: bytes))
        if let word = head.queryValue(of: "shape", in: bytes) {
            guard word.isEqual(to: "frames") else { throw .shape }
            shape = .frames(hz: hz)
        }
        // The header is what a browser's EventSource sends by itself, so it is the newer of the two.
        if let field = head.fields.value(of: "last-event-id", in: bytes), !field.isEmpty {
            resume = Self.resume(field)
        } else if let value = head.queryValue(of: "last-event-id", in: bytes), !value.isEmpty {
            scratch.removeAll()
            _ = scratch.appendPercentDecoded(value, plusIsSpace: true)
            resume = Self.resume(scratch.readable)
        }
    }

    private static func rate(_ text: UnsafeRawBufferPointer?) throws(Refusal) -> Int {
        guard let text else { return standardRate }
        if text.isEqual(to: "1") { return 1 }
        if text.isEqual(to: "5") { return 5 }
        if text.isEqual(to: "10") { return 10 }
        if text.isEqual(to: "15") { return 15 }
        if text.isEqual(to: "30") { return 30 }
        if text.isEqual(to: "60") { return 60 }
        throw .rate
    }

    /// An id that is none of ours is one of an unknown boot: the viewer is told to forget and start again.
    private static func resume(_ text: UnsafeRawBufferPointer) -> ResumeRequest {
        guard let id = LastEventID.parse(text) else { return .unknown }
        return .after(id)
    }
}
