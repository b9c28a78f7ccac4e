import ByteCore

/// The keys of the frames shape; a raw value is the key's first eight bytes, the first one lowest.
enum MessageKey: UInt64, CaseIterable {
    case at = 0x7461
    case id = 0x6469
    case kind = 0x6B
    case last = 0x7473_616C
    case more = 0x6572_6F6D
    case page = 0x70
    case pid = 0x64_6970
    case rate = 0x6574_6172
    case rss = 0x73_7372
    case since = 0x65_636E_6973
    case state = 0x65_7461_7473
    case joins = 0x73_6E69_6F6A
    case leaves = 0x7365_7661_656C
    case samples = 0x73_656C_706D_6173
    case visitors = 0x7372_6F74_6973_6976
    case worker = 0x7265_6B72_6F77
    case workers = 0x73_7265_6B72_6F77
    case viewers = 0x73_7265_7765_6976
    case totals = 0x736C_6174_6F74
    case uptime = 0x656D_6974_7075
    case ingest = 0x7473_6567_6E69
    case http = 0x7074_7468
    case restarts = 0x7374_7261_7473_6572
    /// The one that is longer than a word.
    case connections = 0x6974_6365_6E6E_6F63
    case x = 0x78
    case y = 0x79

    /// Finds the key that `name` spells; nil for one that means nothing here.
    @inline(__always)
    init?(_ name: JSONString) {
        if !name.hasEscapes {
            self.init(bytes: name.raw)
            return
        }
        var key: MessageKey?
        for candidate in Self.allCases where name.equals(candidate.name) { key = candidate }
        guard let key else { return nil }
        self = key
    }

    @inline(__always)
    private init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= 8 else {
            guard bytes.count == 11, bytes.elementsEqual("connections".utf8) else { return nil }
            self = .connections
            return
        }
        var word: UInt64 = 0
        var index = bytes.count
        while index > 0 {
            index &-= 1
            word = word << 8 | UInt64(bytes[index])
        }
        // Eight bytes of the long one are not the long one.
        guard word != MessageKey.connections.rawValue else { return nil }
        self.init(rawValue: word)
    }

    /// The key as it is written.
    var name: StaticString {
        switch self {
        case .at: "at"
        case .id: "id"
        case .kind: "k"
        case .last: "last"
        case .more: "more"
        case .page: "p"
        case .pid: "pid"
        case .rate: "rate"
        case .rss: "rss"
        case .since: "since"
        case .state: "state"
        case .joins: "joins"
        case .leaves: "leaves"
        case .samples: "samples"
        case .visitors: "visitors"
        case .worker: "worker"
        case .workers: "workers"
        case .viewers: "viewers"
        case .totals: "totals"
        case .uptime: "uptime"
        case .ingest: "ingest"
        case .http: "http"
        case .restarts: "restarts"
        case .connections: "connections"
        case .x: "x"
        case .y: "y"
        }
    }
}
