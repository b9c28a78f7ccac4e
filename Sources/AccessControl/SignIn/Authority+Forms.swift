public import Secrets

/// Proofs that a form was ours and was filled in where it was shown, against forms of other sites that a
/// browser sends with its cookies (CSRF).
extension Authority {
    /// What every form and script of a session sends along that changes something: 43 characters of
    /// base64url, the same for as long as the session lives.
    public func formToken(of session: SessionKey) -> [UInt8] {
        let bound = isFaulty(.formOfAnotherSession) ? [] : session.digest.bytes
        return Base64URL.encode(KeyPurpose.sessionForm.code(of: bound, key: key).bytes)
    }

    /// Whether it is the token of that session.
    public func isFormToken(_ token: some Collection<UInt8>, of session: SessionKey) -> Bool {
        ConstantTime.areEqual(Array(token), formToken(of: session))
    }

    /// What the sign-in form sends along, where nobody has a session yet: good for an hour, and in the
    /// browser alone that has `browser` as a cookie, which was drawn for it.
    ///
    /// ```
    /// byte 0    when it was made, 8 bytes of seconds since 1970, highest first
    /// byte 8    code over that and the browser's secret, 32 bytes
    /// ```
    ///
    /// In base64url, 54 characters.
    public func signInFormToken(browser: SecretBytes, now: Instant) -> [UInt8] {
        let madeAt = BigEndian.bytes(of: now.epochSeconds)
        return Base64URL.encode(madeAt + signInFormCode(madeAt, browser).bytes)
    }

    /// Whether it is such a token, made within the last hour for the browser that has this cookie.
    public func isSignInFormToken(
        _ token: some Collection<UInt8>, browser cookie: some Collection<UInt8>, now: Instant
    ) -> Bool {
        guard token.count == 54, let bytes = Base64URL.decode(token), let browser = SecretBytes(text: cookie),
            let shown = SHA256Digest(bytes[8...])
        else { return false }
        let madeAt = Array(bytes[..<8])
        let age = now.epochSeconds - max(0, BigEndian.value(of: madeAt))
        let lifetime = isFaulty(.signInFormNeverExpires) ? Int64.max : Limits.signInFormSeconds
        return signInFormCode(madeAt, browser).matches(shown)
            && (-Limits.clockLeewaySeconds..<lifetime).contains(age)
    }

    private func signInFormCode(_ madeAt: [UInt8], _ browser: SecretBytes) -> SHA256Digest {
        let bound = isFaulty(.signInFormOfAnotherBrowser) ? [] : browser.bytes
        return KeyPurpose.signInForm.code(of: madeAt + bound, key: key)
    }
}
