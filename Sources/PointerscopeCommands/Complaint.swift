import HTTPWire
import PosixIO
import ProxyWire

/// Checks of option values: each returns what is wrong and the mend, or nil.
enum Complaint {
    @Sendable static func address(_ text: String) -> String? {
        do {
            _ = try SocketAddress(parsing: text)
            return nil
        } catch SocketAddress.ParseError.missingPort {
            return "needs a port, for example 127.0.0.1:8081"
        } catch SocketAddress.ParseError.badPort {
            return "has a port that is no number from 0 to 65535"
        } catch SocketAddress.ParseError.badPath {
            return "needs a path, for example unix:/run/pointerscope/http.sock"
        } catch SocketAddress.ParseError.longPath(let bytes) {
            return "has a path of \(bytes) bytes, and the system takes \(SocketAddress.pathBytes)"
        } catch {
            return "must begin with an IP address or localhost; IPv6 goes in brackets, for example [::1]:8081"
        }
    }

    @Sendable static func publicURL(_ text: String) -> String? {
        do throws(PublicURL.ParseError) {
            _ = try PublicURL(parsing: text)
            return nil
        } catch {
            return error.complaint
        }
    }

    static func count(_ text: String, in range: ClosedRange<Int>) -> String? {
        guard let number = Int(text), range.contains(number) else {
            return "must be a whole number from \(range.words)"
        }
        return nil
    }

    /// With more than a minute the picture would be of who was here.
    @Sendable static func grace(_ text: String) -> String? {
        guard let seconds = LoadWords.seconds(text), seconds <= 60 else {
            return "must be a time up to 1m, for example 5s; with 0 who leaves a page has left"
        }
        return nil
    }

    @Sendable static func drain(_ text: String) -> String? {
        guard let seconds = LoadWords.seconds(text), seconds <= 3600 else {
            return "must be a time up to 1h, for example 30s; with 0 everyone is closed at once"
        }
        return nil
    }

    @Sendable static func leaving(_ text: String) -> String? {
        guard let seconds = LoadWords.seconds(text), seconds <= 3600 else {
            return "must be a time up to 1h, for example 10; with 0 it stops at once"
        }
        return nil
    }

    static func word(_ text: String, among words: [String]) -> String? {
        words.contains(text) ? nil : "must be one of \(words.joined(separator: ", "))"
    }

    /// A flag from the environment or the file is a word.
    @Sendable static func flag(_ text: String) -> String? {
        truth(of: text) == nil ? "must be yes or no" : nil
    }

    static func truth(of text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "yes", "true", "on": true
        case "", "0", "no", "false", "off": false
        default: nil
        }
    }

    /// An origin as browsers send it (RFC 6454, section 6.2), or one that can be written so.
    @Sendable static func origin(_ text: String) -> String? {
        do throws(OriginText.ParseError) {
            _ = try OriginText.canonical(text)
            return nil
        } catch {
            return error.complaint
        }
    }

    /// A network, an address or `unix`.
    @Sendable static func proxy(_ text: String) -> String? {
        do throws(TrustedProxies.ParseError) {
            _ = try TrustedProxies(parsing: [text])
            return nil
        } catch {
            return error.complaint
        }
    }

    /// A network or an address.
    @Sendable static func network(_ text: String) -> String? {
        text == "unix" ? "must be a network or an address, for example 10.0.0.0/8 or fd00::/8" : proxy(text)
    }

    /// The name of a field that names clients.
    @Sendable static func forwarded(_ text: String) -> String? {
        do throws(ForwardedField.ParseError) {
            _ = try ForwardedField(parsing: text)
            return nil
        } catch {
            return error.complaint
        }
    }
}

extension ClosedRange<Int> {
    /// `1 to 256`: the same in the help as in a complaint.
    var words: String { "\(lowerBound) to \(upperBound)" }
}
