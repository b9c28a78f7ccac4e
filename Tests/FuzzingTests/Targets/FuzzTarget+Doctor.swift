@testable import ServerDoctor

extension FuzzTarget {
    /// What a server says about whom it sees.
    static let sessionReport = FuzzTarget(
        name: "session-report", longestInput: 400,
        seeds: {
            Seed.texts([
                #"{"client":{"address":"192.0.2.1","by":"header","forwarded":"ok"}}"#,
                #"{"name":"ann","x":[{},[1.5e3,null,true]],"client":{"by":"peer","forwarded":"missing","address":"::1"}}"#,
                #"{"client":{"address":"a","by":"proxy-protocol","forwarded":"untrusted-peer","z":"\u00e9"}}"#,
                #"{"client":{"forwarded":"malformed"}}"#, #"{"client":null}"#, "{", "[]",
            ])
        }
    ) { input in
        guard let report = SessionReport.parse(Array(input)) else { return nil }
        let words = [report.address, report.by]
        // They are printed, and put into a command that is advised.
        guard words.allSatisfy({ (1...64).contains($0.utf8.count) && !$0.contains(" ") }) else {
            return "values that are no words: \(words)"
        }
        let again =
            #"{"client":{"address":"\#(report.address)","by":"\#(report.by)","#
            + #""forwarded":"\#(report.forwarded.rawValue)"}}"#
        let isPlain = !words.contains { $0.contains("\"") || $0.contains("\\") }
        guard isPlain, SessionReport.parse(Array(again.utf8)) != report else { return nil }
        return "written again it reads otherwise: \(report)"
    }

    /// The files that a page names.
    static let pageLinks = FuzzTarget(
        name: "page-links", longestInput: 400,
        seeds: {
            Seed.texts([
                #"<link rel="icon" href="/a.svg"><script type="module" src="./b.js?x#y"></script>"#,
                #"<img alt=" src=" src="../../c.png"><img src="//d/e"><img src="https://f/g"><IMG src="h">"#,
                #"<link href="/ps/assets/"><script src=""></script><script src="a/./b/../c">"#, "<",
                "<img src=\"",
            ])
        }
    ) { input in
        for page in ["/", "/ps/admin/doctor"] {
            let paths = PageLinks.paths(in: Array(input), page: page)
            guard paths.count <= PageLinks.most, Set(paths).count == paths.count else { return "\(paths)" }
            // They go into a request line.
            for path in paths
            where !path.hasPrefix("/") || path.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
                return "no path: \(path)"
            }
            let parts = paths.flatMap { $0.split(separator: "/") }
            if parts.contains(where: { $0 == ".." || $0 == "." }) { return "dots are left: \(paths)" }
        }
        return nil
    }

    /// The moment in a Date field.
    static let dateField = FuzzTarget(
        name: "date-field", longestInput: 40,
        seeds: {
            Seed.texts([
                "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 23:59:60 GMT",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Thu, 01 Jan 1970 00:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            ])
        }
    ) { input in
        guard let seconds = DateField.seconds(String(decoding: input, as: UTF8.self)) else { return nil }
        return (0...253_402_300_800).contains(seconds) ? nil : "\(seconds) s"
    }
}
