/// The reasons that a server refuses for, as people call them.
public enum RefusalWords {
    /// What `reason` of a status or of `/metrics` means; one that is not known is said as it is.
    ///
    /// Figures are close codes (RFC 6455, section 7.4.1).
    public static func words(for reason: String) -> String {
        switch reason {
        case "1002": "protocol errors (1002)"
        case "1003": "wrong kind of message (1003)"
        case "1007": "not UTF-8 or not JSON (1007)"
        case "1008": "not acceptable (1008)"
        case "1009": "too big (1009)"
        case "1013": "no room for more (1013)"
        case "gpc", "post_gpc": reason == "gpc" ? "privacy signal" : "post: privacy signal"
        case "head": "head too large"
        default:
            reason.hasPrefix("post_")
                ? "post: " + blanked(reason.dropFirst("post_".count)) : blanked(reason[...])
        }
    }

    private static func blanked(_ word: Substring) -> String {
        String(word.map { $0 == "_" ? " " : $0 })
    }
}

/// The figures of a server's totals, as people call them.
public enum TotalWords {
    public static func words(for name: String) -> String {
        switch name {
        case "conflated": "skipped"
        case "connections": "connections so far"
        case "refusedMessages": "messages refused"
        case "refusedConnections": "connections refused"
        case "closedViewers": "viewers closed"
        case "conflated.relay": "folded by workers"
        case "conflated.viewer": "skipped"
        default: String(name.map { $0 == "." || $0 == "_" ? " " : $0 })
        }
    }
}
