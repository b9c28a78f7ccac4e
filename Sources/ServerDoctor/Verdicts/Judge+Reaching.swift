/// Name, connection, certificate.
extension Judge {
    /// One of the host's addresses, and why it takes no connection, if it does not.
    struct AddressFinding: Equatable {
        var address: String
        var failure: String?
    }

    /// Judges the name's addresses; at least one.
    static func connect(_ found: [AddressFinding], _ site: Site) -> Verdict {
        let dead = found.filter { $0.failure != nil }
        let list = found.map(\.address).joined(separator: ", ")
        guard !dead.isEmpty else { return .ok("connect", list) }
        let words = dead.map { "\($0.address): \($0.failure ?? "")" }.joined(separator: ", ")
        guard dead.count == found.count else {
            return .warn(
                "connect", "not every address answers (\(words))",
                mend:
                    "who gets that one waits or fails: let the proxy listen there, or take the address out of DNS"
            )
        }
        return .fail(
            "connect", words,
            mend: site.isLoopback
                ? "start the server, or name its address"
                : "start the proxy, and let its port through the firewall")
    }

    /// Judges a resolver's refusal.
    static func name(_ failure: String, _ site: Site) -> Verdict {
        .fail(
            "name", "\(site.host): \(failure)",
            mend: "an A or AAAA record must lead from the name to the proxy")
    }

    /// What can be wrong about TLS, as far as the mend differs.
    enum CertificateFault: Equatable {
        case expired, notYetValid, wrongName, untrusted, notTLS, other
    }

    /// What the handshake showed.
    enum CertificateFinding: Equatable {
        /// Why, in words behind "it", and what kind of fault that is.
        case refused(String, CertificateFault)
        /// Seconds since the epoch, the end also as a person reads it.
        case believed(notBefore: Int64, notAfter: Int64, end: String, names: String, version: String)
    }

    /// Judges the certificate at `now`, seconds since the epoch; nil where there is nothing to say.
    static func certificate(_ found: CertificateFinding?, _ site: Site, now: Int64) -> Verdict {
        switch found {
        case nil where site.isLoopback:
            return .ok("certificate", "plain http, which does not leave this machine")
        case nil:
            return .warn(
                "certificate", "plain http: whoever is on the way reads and changes everything",
                mend: "a proxy with a certificate in front, and --public-url https://\(site.host)")
        case .refused(let why, let fault):
            return .fail("certificate", "it \(why)", mend: mend(of: fault, site))
        case .believed(let notBefore, let notAfter, let end, let names, let version):
            let days = (notAfter - now) / 86_400
            let left = days > 1 ? "\(days) days" : "\(max(0, (notAfter - now) / 3600)) h"
            let text = "valid until \(end) (\(left)), for \(names), \(version)"
            // Whoever renews does it when a third is left.
            guard notAfter - now >= (notAfter - notBefore) / 6 else {
                return .warn(
                    "certificate", text, mend: "it should have been renewed: look into the proxy's log")
            }
            return .ok("certificate", text)
        }
    }

    private static func mend(of fault: CertificateFault, _ site: Site) -> String {
        switch fault {
        case .expired: "renew it: the proxy's log says why that has not happened by itself"
        case .notYetValid: "set both clocks: timedatectl set-ntp true"
        case .wrongName: "let the proxy get one that holds for \(site.host), and choose it by name"
        case .untrusted:
            "let the proxy send the whole chain (fullchain.pem); an authority of your own goes to --ca-file"
        case .notTLS: "name the port of https, or let the proxy speak TLS there"
        case .other: "the proxy's log says what it did not like"
        }
    }

    /// Judges what plain HTTP answers beside https; nil where nobody asked.
    static func redirect(_ reply: Reply?, port: Int, _ site: Site) -> Verdict? {
        guard site.isSecure, let reply else { return nil }
        guard case .answered(let answer) = reply else {
            return .ok("redirect", "nothing is served over plain http on port \(port)")
        }
        let location = answer.value("location") ?? ""
        if (300...399).contains(answer.status), location.hasPrefix(site.origin) {
            return .ok("redirect", "http leads to https (\(answer.status))")
        }
        let mend = "let port \(port) answer with a redirection to \(site.origin), and with nothing else"
        if (300...399).contains(answer.status) {
            return .warn("redirect", "http leads to '\(location)'", mend: mend)
        }
        if answer.status >= 400 { return .ok("redirect", "plain http is refused (\(answer.status))") }
        return .fail(
            "redirect", "plain http is answered (\(answer.status)): sessions could be read on the way",
            mend: mend)
    }
}
