import ByteCore
import HTTPWire

/// What a server says to a name and a password, or to a ticket of its own (`POST /api/session`).
enum SignInAnswer: Equatable {
    /// The cookies to show from now on, and who they stand for.
    case signedIn(cookies: [UInt8], name: String)
    case wrong
    /// Somebody of that name is signed in already; the ticket takes over. Epoch seconds, an address.
    case taken(since: Int64?, address: String, ticket: String)
    /// Too many have tried; after so many seconds, if it says so.
    case later(seconds: Int?)
    case refused(status: UInt16)
    /// It says that it worked, and not how to go on.
    case unreadable

    init(_ answer: HTTPAnswer) {
        let body = unsafe answer.body.withUnsafeBytes { unsafe FlatJSON($0) }
        switch answer.status {
        case 200:
            let cookies = Self.cookies(of: answer.newCookies)
            guard let body, !cookies.isEmpty, cookies.count <= TopLimits.cookieBytes else {
                self = .unreadable
                return
            }
            self = .signedIn(cookies: cookies, name: body.texts["name"] ?? "")
        case 401: self = .wrong
        case 409:
            guard let ticket = body?.texts["ticket"] else {
                self = .refused(status: 409)
                return
            }
            let since = body?.numbers["since"].flatMap { Int64(exactly: $0.rounded()) }
            self = .taken(since: since, address: body?.texts["address"] ?? "", ticket: ticket)
        case 429, 503: self = .later(seconds: answer.retryAfter)
        default: self = .refused(status: answer.status)
        }
    }

    /// What a Cookie field says of the values of Set-Cookie fields (RFC 6265, section 5.4): names and values
    /// alone. One that is taken back, or is none, is left out.
    private static func cookies(of values: [[UInt8]]) -> [UInt8] {
        var cookies: [UInt8] = []
        for value in values {
            let pair = value.prefix { $0 != UInt8(ascii: ";") }
            guard isCookies(pair), pair.firstIndex(of: UInt8(ascii: "=")) != pair.endIndex - 1 else {
                continue
            }
            if !cookies.isEmpty { cookies += Array("; ".utf8) }
            cookies += pair
        }
        return cookies
    }

    /// Whether text can stand in a Cookie field: `NAME=VALUE`, several with `; ` between.
    static func isCookies(_ text: ArraySlice<UInt8>) -> Bool {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else {
            return false
        }
        return text.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}

/// Why a server ended a stream for want of a session (`event: signed-out`).
struct SignedOut: Equatable {
    let why: String
    /// The address of who did it; empty where nobody did.
    let by: String

    init(_ data: UnsafeRawBufferPointer) {
        let object = unsafe FlatJSON(data)
        why = object?.texts["why"] ?? ""
        by = object?.texts["by"] ?? ""
    }

    /// For a person, behind the server's name.
    var text: String {
        let reason =
            switch why {
            case "expired": "the session has come to its end"
            case "idle": "nobody was here for a long time"
            case "signed-out": "you have signed out"
            case "taken-over": "you have signed in elsewhere"
            case "removed": "there is nobody of this name any more"
            case "changed": "what you may see has changed"
            case "revoked": "it was revoked"
            default: "you are not signed in any more"
            }
        return "ended the stream: \(reason)" + (by.isEmpty ? "" : ", from \(by)")
    }
}
