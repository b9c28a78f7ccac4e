/// The keys of a history.
enum HistoryKey: UInt64, MessageWord {
    case at = 0x7461
    case totals = 0x736C_6174_6F74
    case rest = 0x7473_6572
    case samples = 0x73_656C_706D_6173
    case workers = 0x73_7265_6B72_6F77
    case pid = 0x64_6970
    case cpu = 0x75_7063
    case rss = 0x73_7372
    case connections = 0x6974_6365_6E6E_6F63
    case pages = 0x73_6567_6170
    case page = 0x70
    case visitors = 0x7372_6F74_6973_6976
    case id = 0x6469
    case levels = 0x73

    var word: StaticString {
        switch self {
        case .at: "at"
        case .totals: "totals"
        case .rest: "rest"
        case .samples: "samples"
        case .workers: "workers"
        case .pid: "pid"
        case .cpu: "cpu"
        case .rss: "rss"
        case .connections: "connections"
        case .pages: "pages"
        case .page: "p"
        case .visitors: "visitors"
        case .id: "id"
        case .levels: "s"
        }
    }
}
