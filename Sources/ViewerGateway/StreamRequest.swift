import AccessControl
import BroadcastHub
import ByteCore
import FramesShape
import HTTPWire

/// What a viewer asks of `/receive/{name}`: shape, rate, and where to go on.
struct StreamRequest {
    var shape = ViewerShape.samples
    var resume = ResumeRequest.head
    /// By what its viewer names it in a look; empty where it will not.
    var viewer: [UInt8] = []
    /// Who asks; nil where everybody may.
    var grant: Grant?

    /// Why a request for a stream is answered 400.
    enum Refusal: Error {
        case shape, rate, viewer

        var reason: StaticString {
            switch self {
            case .shape: "shape is frames or left out"
            case .rate: "hz is one of 1, 5, 10, 15, 30, 60"
            case .viewer: "viewer is 16 to 64 letters, digits, - . _ ~ that nobody can guess"
            }
        }
    }

    /// Frames a second where the request does not say.
    static let standardRate = FrameRate.hz10

    /// Reads query and header; `scratch` is overwritten.
    init(
        _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, scratch: inout ByteBuffer
    ) throws(Refusal) {
        let hz = try unsafe Self.rate(head.queryValue(of: "hz", in: bytes))
        if let word = unsafe head.queryValue(of: "shape", in: bytes) {
            guard unsafe word.isEqual(to: "frames") else { throw .shape }
            shape = .frames(hz)
        }
        if let word = unsafe head.queryValue(of: "viewer", in: bytes) {
            guard unsafe Self.isWord(word) else { throw .viewer }
            unsafe viewer = Array(word)
        }
        // The header is what a browser's EventSource sends by itself, so it is the newer of the two.
        if let field = unsafe head.fields.value(of: "last-event-id", in: bytes), unsafe !field.isEmpty {
            resume = unsafe ResumeRequest(lastEventID: field)
        } else if let value = unsafe head.queryValue(of: "last-event-id", in: bytes), unsafe !value.isEmpty {
            scratch.removeAll()
            let isReadable = unsafe scratch.appendPercentDecoded(value, plusIsSpace: true)
            resume = unsafe isReadable ? ResumeRequest(lastEventID: scratch.readable) : .unreadable
        }
    }

    /// Whether bytes are too many to be guessed, and none of them needs escaping.
    static func isWord(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe bytes.count >= Limits.wordBytes && Route.isName(bytes)
    }

    private static func rate(_ text: UnsafeRawBufferPointer?) throws(Refusal) -> FrameRate {
        guard let text = unsafe text else { return standardRate }
        if unsafe text.isEqual(to: "1") { return .hz1 }
        if unsafe text.isEqual(to: "5") { return .hz5 }
        if unsafe text.isEqual(to: "10") { return .hz10 }
        if unsafe text.isEqual(to: "15") { return .hz15 }
        if unsafe text.isEqual(to: "30") { return .hz30 }
        if unsafe text.isEqual(to: "60") { return .hz60 }
        throw .rate
    }
}
