import Glibc
import PosixIO

/// `Echo server` prints where it listens and serves until its input ends; `Echo client HOST:PORT AGENT` takes
/// the cases of a fuzzing server there and prints how many.
@main
struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        do throws(SystemError) {
            switch arguments.first {
            case "server" where arguments.count == 1: try EchoServer.run()
            case "client" where arguments.count == 3:
                guard let address = try? SocketAddress(parsing: arguments[2]) else { return refuse() }
                print(try EchoClient(address: address, agent: arguments[3]).run())
            default: refuse()
            }
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    private static func refuse() {
        complain("Echo server, or Echo client HOST:PORT AGENT")
        exit(64)
    }
}
