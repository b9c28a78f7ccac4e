/// The parts of a line of the log as `LogLineText` has them: an event, and `name=value` behind it, a value
/// with blanks in quotation marks.
struct LogWords {
    private let line: String
    /// The line's first word.
    let event: String

    init(_ line: String) {
        self.line = line
        event = String(line.prefix { $0 != " " })
    }

    /// What stands behind `name=`; empty where nothing does.
    func text(_ name: String) -> String {
        let key = " \(name)="
        var rest = line.dropFirst(event.count)
        while !rest.isEmpty {
            if rest.hasPrefix(key) {
                rest = rest.dropFirst(key.count)
                guard rest.first == "\"" else { return String(rest.prefix { $0 != " " }) }
                return String(rest.dropFirst().prefix { $0 != "\"" })
            }
            rest = rest.dropFirst()
        }
        return ""
    }

    func number(_ name: String) -> Int? { Int(text(name)) }
}
