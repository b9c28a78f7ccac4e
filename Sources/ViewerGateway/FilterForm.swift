import BroadcastHub
import ByteCore
import HTTPWire

/// Whom a viewer wants to see from now on: members of a JSON object, decoded.
///
/// ```
/// {"viewer":"K1rPq0cX2mVz7yQw","page":["/shop/*"],"visitor":["user123"],"token":"..."}
/// {"viewer":"K1rPq0cX2mVz7yQw"}                                                           everybody
/// ```
struct FilterForm {
    /// What the stream was named when it was asked for.
    private(set) var viewer: [UInt8] = []
    private(set) var pages: [[UInt8]] = []
    private(set) var visitors: [[UInt8]] = []
    /// The session's code, as forms send it along.
    private(set) var code: [UInt8] = []

    private static let keys: [StaticString] = ["viewer", "page", "visitor", "token"]

    /// Reads a JSON object; nil of anything else, of a key twice, without `viewer`, and of a member that is
    /// not what it should be. Unknown keys are passed over.
    init?(json body: UnsafeRawBufferPointer) {
        let seen = unsafe JSONForm.read(body, keys: Self.keys) { (place, scanner) throws(JSONFault) in
            try take(place, &scanner)
        }
        guard let seen, seen.contains(0) else { return nil }
    }

    private mutating func take(_ place: Int, _ scanner: inout JSONScanner) throws(JSONFault) -> Bool {
        if place == 1 || place == 2 {
            guard let texts = try JSONForm.texts(&scanner, most: FilterLimits.pages + 1) else { return false }
            if place == 1 { pages = texts } else { visitors = texts }
            return true
        }
        guard let bytes = try JSONForm.text(&scanner) else { return false }
        if place == 0 { viewer = bytes } else { code = bytes }
        return true
    }
}

/// Why a filter, or the change of one, is refused.
enum FilterOutcome: Int, CaseIterable {
    /// The form cannot be read.
    case malformed
    /// A page or an id that cannot be one, or too many of them.
    case page
    case visitor
    /// It comes from elsewhere, or without the session's code.
    case forged
    /// No stream of whoever says it has that name.
    case noStream
    /// Too often on one stream.
    case tooOften
    /// More filters that nobody has yet than one person, and than all together, may ask for.
    case tooManyNew
    case tooManyNewOfAll
    /// As many different filters as there may be are in use.
    case noRoom
    /// The system has no memory for another.
    case noMemory

    init(_ shortage: PeopleAllowances.Shortage) {
        self =
            switch shortage {
            case .ofPerson: .tooManyNew
            case .ofEveryone: .tooManyNewOfAll
            }
    }

    init(_ refusal: FilterRefusal) {
        self =
            switch refusal {
            case .page, .pages: .page
            case .visitor, .visitors: .visitor
            }
    }

    /// The value of the metric's label.
    var word: StaticString {
        switch self {
        case .malformed: "malformed"
        case .page: "page"
        case .visitor: "visitor"
        case .forged: "forged"
        case .noStream: "no-stream"
        case .tooOften: "too-often"
        case .tooManyNew: "too-many-new"
        case .tooManyNewOfAll: "too-many-new-of-all"
        case .noRoom: "no-room"
        case .noMemory: "no-memory"
        }
    }

    /// What whoever asked is told.
    var reply: Reply {
        switch self {
        case .malformed:
            Reply(
                .badRequest,
                line: #"a filter is {"viewer":"...","page":["/path"],"visitor":["id"]}, either list or both"#)
        case .page: Reply(.badRequest, line: FilterRefusal.page.reason)
        case .visitor: Reply(.badRequest, line: FilterRefusal.visitor.reason)
        case .forged:
            Reply(.forbidden, line: "this comes from elsewhere, or without the token of /api/session")
        case .noStream:
            Reply(.notFound, line: "no stream of yours has this name: it is given with ?viewer=")
        case .tooOften: Self.later("a stream's filter is changed five times a second")
        case .tooManyNew: Self.later("new filters are made five times a second, of all that you ask for")
        case .tooManyNewOfAll: Self.later("too many new filters are asked for")
        case .noRoom:
            Reply(.serviceUnavailable, line: "as many different filters as there may be, 44, are in use")
        case .noMemory: Reply(.serviceUnavailable, line: "the system has no memory for another filter")
        }
    }

    private static func later(_ line: StaticString) -> Reply {
        var reply = Reply(.tooManyRequests, line: line)
        reply.retryAfter = 1
        return reply
    }
}

extension FilterRefusal {
    /// What is wrong with a parameter, and what it should be.
    var reason: StaticString {
        switch self {
        case .page: "page is a path of 1 to 256 bytes of UTF-8, with a * behind it for all that begin so"
        case .pages: "page may come 16 times at most: let one end in * for all that begin so"
        case .visitor: "visitor is an id of 1 to 64 bytes of UTF-8"
        case .visitors: "visitor may come 16 times at most"
        }
    }
}
