import LoadGenerator
import PosixIO

/// Values of `load`'s options as people write them.
enum LoadWords {
    /// A number within a range, with or without a point.
    static func number(_ text: String, in range: ClosedRange<Double>) -> Double? {
        guard let number = Double(text), number.isFinite, range.contains(number),
            text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || $0 == 46 })
        else { return nil }
        return number
    }

    /// Seconds of `500ms`, `30s`, `5m`, `2h` or a number; at most a day.
    static func seconds(_ text: String) -> Double? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let value = number(String(text.dropLast(unit.count)), in: 0...86_400_000) else { continue }
            return value * factor <= 86_400 ? value * factor : nil
        }
        return nil
    }

    @Sendable static func timeComplaint(_ text: String) -> String? {
        seconds(text) == nil ? "must be a time up to a day, for example 500ms, 30s or 5m" : nil
    }

    /// A rate of each visitor; nil where it is none.
    static func rate(_ text: String) -> LoadPlan.Rate? {
        switch text {
        case "max": .unpaced
        case "natural": .natural
        case "asked": .asked
        default:
            number(text, in: 0.001...100_000).map { .perVisitor(milliHertz: Int(($0 * 1000).rounded())) }
        }
    }

    @Sendable static func rateComplaint(_ text: String) -> String? {
        rate(text) == nil ? "must be samples a second from 0.001 to 100000, natural, asked or max" : nil
    }

    /// Bytes of `800`, `64K` or `1M`.
    static func bytes(_ text: String) -> Int? {
        for (unit, factor) in [("K", 1024), ("M", 1_048_576), ("", 1)] where text.hasSuffix(unit) {
            if let count = Int(text.dropLast(unit.count)), (1...1_000_000_000).contains(count) {
                return count * factor
            }
        }
        return nil
    }

    @Sendable static func sourceComplaint(_ text: String) -> String? {
        source(text) == nil ? "must be an IP address of this machine" : nil
    }

    static func source(_ text: String) -> SocketAddress? {
        (try? SocketAddress(parsingIP: "\(text):0")) ?? (try? SocketAddress(parsingIP: "[\(text)]:0"))
    }

    @Sendable static func requirementComplaint(_ text: String) -> String? {
        do throws(Requirement.ParseError) {
            _ = try Requirement.parsing(text)
            return nil
        } catch {
            return error.reason
        }
    }
}
