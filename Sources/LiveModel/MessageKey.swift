/// The keys of keyframes and frames.
enum MessageKey: UInt64, MessageWord {
    case at = 0x7461
    case id = 0x6469
    case last = 0x7473_616C
    case more = 0x6572_6F6D
    case rate = 0x6574_6172
    case since = 0x65_636E_6973
    case joins = 0x73_6E69_6F6A
    case leaves = 0x7365_7661_656C
    case samples = 0x73_656C_706D_6173
    case visitors = 0x7372_6F74_6973_6976
    case worker = 0x7265_6B72_6F77
    case x = 0x78
    case y = 0x79
    case kind = 0x6B
    case page = 0x70
    case buttons = 0x62
    case width = 0x77
    case height = 0x68
    case scrollX = 0x7873
    case scrollY = 0x7973
    case documentWidth = 0x7764
    case documentHeight = 0x6864
    case name = 0x6E

    var word: StaticString {
        switch self {
        case .at: "at"
        case .id: "id"
        case .last: "last"
        case .more: "more"
        case .rate: "rate"
        case .since: "since"
        case .joins: "joins"
        case .leaves: "leaves"
        case .samples: "samples"
        case .visitors: "visitors"
        case .worker: "worker"
        case .x: "x"
        case .y: "y"
        case .kind: "k"
        case .page: "p"
        case .buttons: "b"
        case .width: "w"
        case .height: "h"
        case .scrollX: "sx"
        case .scrollY: "sy"
        case .documentWidth: "dw"
        case .documentHeight: "dh"
        case .name: "n"
        }
    }
}
