import AccessControl
import BroadcastHub
import ByteCore
import FramesShape
import HTTPWire

/// What a viewer asks of `/receive/{name}` or `/poll/{name}`: shape, rate, filter, and where to go on.
struct StreamRequest {
    var shape = ViewerShape.samples
    var resume = ResumeRequest.head
    /// Whom it wants to see; nil for everybody.
    var filter: StreamFilter?
    /// By what its viewer names it in a look; empty where it will not.
    var viewer: [UInt8] = []
    /// Who asks; nil where everybody may.
    var grant: Grant?

    /// Why a request for a stream is answered 400.
    enum Refusal: Error, Equatable {
        case shape, rate, viewer, cursor
        case filter(FilterRefusal)

        var reason: StaticString {
            switch self {
            case .shape: "shape is frames or left out"
            case .rate: "hz is one of 1, 5, 10, 15, 30, 60"
            case .viewer: "viewer is 16 to 64 letters, digits, - . _ ~ that nobody can guess"
            case .cursor: "cursor is the id of the last message you had, or left out"
            case .filter(let refusal): refusal.reason
            }
        }
    }

    /// Frames a second where the request does not say.
    static let standardRate = FrameRate.hz10

    /// Reads query and header; `scratch` is overwritten. A poll says where to go on by its `cursor` alone.
    init(
        _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, isPoll: Bool = false,
        scratch: inout ByteBuffer
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
        unsafe filter = try Self.filter(head, in: bytes, scratch: &scratch)
        if isPoll {
            unsafe resume = try Self.cursor(head, in: bytes, scratch: &scratch)
            return
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

    private static func cursor(
        _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, scratch: inout ByteBuffer
    ) throws(Refusal) -> ResumeRequest {
        guard let value = unsafe head.queryValue(of: "cursor", in: bytes), unsafe !value.isEmpty else {
            return .head
        }
        scratch.removeAll()
        guard unsafe scratch.appendPercentDecoded(value, plusIsSpace: true) else { throw .cursor }
        let cursor = unsafe ResumeRequest(lastEventID: scratch.readable)
        guard cursor != .unreadable else { throw .cursor }
        return cursor
    }

    private static func filter(
        _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, scratch: inout ByteBuffer
    ) throws(Refusal) -> StreamFilter? {
        guard let pages = unsafe values(of: "page", head, in: bytes, most: FilterLimits.pages, &scratch)
        else {
            throw .filter(.page)
        }
        let most = FilterLimits.visitors
        guard let visitors = unsafe values(of: "visitor", head, in: bytes, most: most, &scratch) else {
            throw .filter(.visitor)
        }
        do throws(FilterRefusal) {
            let filter = try StreamFilter(pages: pages, visitors: visitors)
            return filter.isEmpty ? nil : filter
        } catch {
            throw .filter(error)
        }
    }

    /// The decoded values of a parameter, no more than one over `most`; nil where one cannot be decoded.
    private static func values(
        of name: StaticString, _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, most: Int,
        _ scratch: inout ByteBuffer
    ) -> [[UInt8]]? {
        var values: [[UInt8]] = []
        var start = 0
        while values.count <= most,
            let value = unsafe head.queryValue(of: name, from: &start, in: bytes)
        {
            scratch.removeAll()
            guard unsafe scratch.appendPercentDecoded(value, plusIsSpace: true) else { return nil }
            unsafe values.append(Array(scratch.readable))
        }
        return values
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
