import IngestWorker

extension OptionSpecification {
    /// What `serve` allows one connection of the ingest port.
    static let limits: [OptionSpecification] = [
        OptionSpecification(
            name: "message-rate", argument: .required("N"),
            defaultValue: String(IngestLimits().eventsPerSecond),
            help: "events and frames a second from one connection; 0: any number",
            complaint: { LimitWords.rate($0, LimitWords.number) == nil ? LimitWords.rateWords : nil }),
        OptionSpecification(
            name: "byte-rate", argument: .required("BYTES"),
            defaultValue: LimitWords.words(forBytes: IngestLimits().bytesPerSecond),
            help: "bytes a second from one connection, for example 500K or 2M; 0: any number",
            complaint: { LimitWords.rate($0, LoadWords.bytes) == nil ? LimitWords.byteRateWords : nil }),
        OptionSpecification(
            name: "rate-patience", argument: .required("TIME"), defaultValue: "30s",
            help: "how long a connection may be over its rates before it is closed; 0: not at all",
            complaint: { LimitWords.seconds($0, in: 0...3600) == nil ? "must be a time up to 1h" : nil }),
        .time("handshake-timeout", IngestLimits().handshakeSeconds, "how long a request head may take"),
        .time(
            "message-timeout", IngestLimits().messageSeconds,
            "how long a message, or a posted body, may take from its first byte to its last"),
        .time("idle-timeout", IngestLimits().idleSeconds, "after how long a silent connection is pinged"),
        OptionSpecification(
            name: "head-bytes", argument: .required("BYTES"),
            defaultValue: LimitWords.words(forBytes: IngestLimits().headBytes),
            help: "how long a request head may be, \(LimitWords.headBytes.words) bytes",
            complaint: {
                LimitWords.bytes($0, in: LimitWords.headBytes) == nil
                    ? "must be \(LimitWords.headBytes.words) bytes, for example 8K" : nil
            }),
        OptionSpecification(
            name: "head-fields", argument: .required("N"), defaultValue: String(IngestLimits().headFields),
            help: "how many fields a request head may have, \(LimitWords.headFields.words)",
            complaint: { Complaint.count($0, in: LimitWords.headFields) }),
        OptionSpecification(
            name: "message-bytes", argument: .required("BYTES"),
            defaultValue: LimitWords.words(forBytes: IngestLimits().messageBytes),
            help: "how large a message or a posted body may be: 1K, 2K, 4K and so on up to 64K",
            complaint: {
                LimitWords.messageBytes($0) == nil ? "must be 1K, 2K, 4K, 8K, 16K, 32K or 64K" : nil
            }),
        OptionSpecification(
            name: "message-fragments", argument: .required("N"),
            defaultValue: String(IngestLimits().messageFragments),
            help: "in how many fragments it may come: 1, 2, 4 and so on up to 4096",
            complaint: {
                LimitWords.messageFragments($0) == nil ? "must be 1, 2, 4 and so on up to 4096" : nil
            }),
    ]

    private static func time(_ name: String, _ seconds: Int, _ help: String) -> OptionSpecification {
        OptionSpecification(
            name: name, argument: .required("TIME"), defaultValue: "\(seconds)s", help: help,
            complaint: {
                LimitWords.wholeSeconds($0) == nil ? "must be a time in whole seconds from 1s to 1h" : nil
            })
    }
}

/// Values of those options as people write them.
enum LimitWords {
    static let headBytes = 1024...IngestLimits().headBytes
    static let headFields = 8...IngestLimits().headFields
    static let rateWords = "must be a whole number up to 1000000000; 0 allows any number"
    static let byteRateWords = "must be bytes up to 1000M, for example 500K or 2M; 0 allows any number"

    static func number(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

    /// A number that `read` finds, of at most a thousand million; 0 stands for itself.
    static func rate(_ text: String, _ read: (String) -> Int?) -> Int? {
        if text == "0" { return 0 }
        return read(text).flatMap { $0 <= 1_000_000_000 ? $0 : nil }
    }

    static func seconds(_ text: String, in range: ClosedRange<Double>) -> Double? {
        LoadWords.seconds(text).flatMap { range.contains($0) ? $0 : nil }
    }

    static func wholeSeconds(_ text: String) -> Int? {
        seconds(text, in: 1...3600).flatMap { Int(exactly: $0) }
    }

    static func bytes(_ text: String, in range: ClosedRange<Int>) -> Int? {
        LoadWords.bytes(text).flatMap { range.contains($0) ? $0 : nil }
    }

    static func messageBytes(_ text: String) -> Int? {
        LoadWords.bytes(text).flatMap { IngestLimits.allows(messageBytes: $0) ? $0 : nil }
    }

    static func messageFragments(_ text: String) -> Int? {
        Int(text).flatMap { IngestLimits.allows(messageFragments: $0) ? $0 : nil }
    }

    /// `64K`, or the number.
    static func words(forBytes count: Int) -> String {
        if count % 1_048_576 == 0 { return "\(count / 1_048_576)M" }
        return count % 1024 == 0 ? "\(count / 1024)K" : "\(count)"
    }
}

extension IngestLimits {
    /// Reads parsed values, each of which the option table has checked.
    init(_ values: OptionValues) {
        self.init()
        func take(_ name: String, _ place: WritableKeyPath<IngestLimits, Int>, _ read: (String) -> Int?) {
            if let value = values[name].flatMap(read) { self[keyPath: place] = value }
        }
        take("message-rate", \.eventsPerSecond) { LimitWords.rate($0, LimitWords.number) }
        take("byte-rate", \.bytesPerSecond) { LimitWords.rate($0, LoadWords.bytes) }
        take("rate-patience", \.patienceMilliseconds) {
            LoadWords.seconds($0).map { Int(($0 * 1000).rounded()) }
        }
        take("handshake-timeout", \.handshakeSeconds, LimitWords.wholeSeconds)
        take("message-timeout", \.messageSeconds, LimitWords.wholeSeconds)
        take("idle-timeout", \.idleSeconds, LimitWords.wholeSeconds)
        take("head-bytes", \.headBytes, LoadWords.bytes)
        take("head-fields", \.headFields) { Int($0) }
        take("message-bytes", \.messageBytes, LimitWords.messageBytes)
        take("message-fragments", \.messageFragments, LimitWords.messageFragments)
    }
}
