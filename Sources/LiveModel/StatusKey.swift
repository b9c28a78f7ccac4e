/// The keys of a status.
enum StatusKey: UInt64, MessageWord {
    case workers = 0x73_7265_6B72_6F77
    case pid = 0x64_6970
    case number = 0x7265_626D_756E
    case state = 0x65_7461_7473
    case connections = 0x6974_6365_6E6E_6F63
    case rate = 0x6574_6172
    case restarts = 0x7374_7261_7473_6572
    case rss = 0x73_7372
    case cpu = 0x75_7063
    case folded = 0x6465_646C_6F66
    case received = 0x6465_7669_6563_6572
    case viewers = 0x73_7265_7765_6976
    case totals = 0x736C_6174_6F74
    case uptime = 0x656D_6974_7075
    case ingest = 0x7473_6567_6E69
    case http = 0x7074_7468
    case url = 0x6C_7275
    case invite = 0x6574_6976_6E69
    case audience = 0x6563_6E65_6964_7561
    case name = 0x656D_616E
    case shape = 0x65_7061_6873
    case hz = 0x7A68
    case behind = 0x646E_6968_6562
    case conflated = 0x6574_616C_666E_6F63
    case sent = 0x746E_6573
    case age = 0x65_6761
    case idle = 0x656C_6469
    case latency = 0x79_636E_6574_616C
    case sampling = 0x676E_696C_706D_6173
    case batch = 0x68_6374_6162
    case why = 0x79_6877
    case relayed = 0x64_6579_616C_6572
    case encoded = 0x64_6564_6F63_6E65
    case p50 = 0x30_3570
    case p99 = 0x39_3970
    case max = 0x78_616D
    case refused = 0x64_6573_7566_6572
    case log = 0x67_6F6C
    case event = 0x74_6E65_7665
    case time = 0x656D_6974

    var word: StaticString {
        switch self {
        case .workers: "workers"
        case .pid: "pid"
        case .number: "number"
        case .state: "state"
        case .connections: "connections"
        case .rate: "rate"
        case .restarts: "restarts"
        case .rss: "rss"
        case .cpu: "cpu"
        case .folded: "folded"
        case .received: "received"
        case .viewers: "viewers"
        case .totals: "totals"
        case .uptime: "uptime"
        case .ingest: "ingest"
        case .http: "http"
        case .url: "url"
        case .invite: "invite"
        case .audience: "audience"
        case .name: "name"
        case .shape: "shape"
        case .hz: "hz"
        case .behind: "behind"
        case .conflated: "conflated"
        case .sent: "sent"
        case .age: "age"
        case .idle: "idle"
        case .latency: "latency"
        case .sampling: "sampling"
        case .batch: "batch"
        case .why: "why"
        case .relayed: "relayed"
        case .encoded: "encoded"
        case .p50: "p50"
        case .p99: "p99"
        case .max: "max"
        case .refused: "refused"
        case .log: "log"
        case .event: "event"
        case .time: "time"
        }
    }
}
