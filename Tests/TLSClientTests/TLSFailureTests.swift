import Testing

@testable import TLSClient

@Suite struct TLSFailureTests {
    private static func certificate(
        _ problem: PeerCertificate.Problem, depth: Int = 0, sent: Int = 1, names: String = "b.example"
    ) -> PeerCertificate {
        var certificate = PeerCertificate()
        certificate.problem = problem
        certificate.depth = depth
        certificate.sent = sent
        certificate.notBefore = 1_767_225_600
        certificate.notAfter = 1_798_675_200
        certificate.subject = "/CN=b.example"
        certificate.issuer = "/CN=Ours"
        certificate.names = names
        return certificate
    }

    @Test(arguments: [
        (certificate(.expired), "expired on 2026-12-31 00:00 UTC"),
        (certificate(.expired, depth: 1), "expired on 2026-12-31 00:00 UTC (its issuer's: /CN=b.example)"),
        (certificate(.notYetValid), "is not valid before 2026-01-01 00:00 UTC; is the clock here right?"),
        (certificate(.wrongName, names: "a.example, 192.0.2.1"), "it holds for a.example, 192.0.2.1"),
        (certificate(.wrongName, names: ""), "names no host at all"),
        (certificate(.selfSigned), "signed by itself"),
        (certificate(.unknownIssuer), "the server does not send the certificate between"),
        (certificate(.unknownIssuer, sent: 2), "signed by nobody who is believed here (/CN=Ours)"),
        (certificate(.other("CA md too weak")), "is refused: CA md too weak"),
    ])
    func aRefusedCertificateIsToldInWords(certificate: PeerCertificate, words: String) {
        let text = TLSFailure.certificate(certificate).text
        #expect(text.hasPrefix("shows a certificate that ") && text.contains(words), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test(arguments: [
        ("wrong version number", TLSFailure.notTLS), ("unsupported protocol", .tooOld),
        ("tlsv1 alert protocol version", .tooOld), ("tlsv1 unrecognized name", .unknownName),
        ("sslv3 alert handshake failure", .refused("sslv3 alert handshake failure")),
    ])
    func theLibrarysReasonsAreSorted(reason: String, failure: TLSFailure) {
        #expect(TLSFailure(reason: reason) == failure)
    }

    @Test func whatIsMissingIsNamedWithItsPackage() {
        #expect(TLSFailure.noLibrary("no such file").text.contains("apt-get install libssl3"))
        #expect(TLSFailure.refused("").text.hasSuffix("no reason given"))
        #expect(TLSFailure.broken(104).text.hasSuffix("Connection reset by peer"))
    }
}
