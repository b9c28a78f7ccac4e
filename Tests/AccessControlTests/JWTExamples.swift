/// Keys made for these tests with the OpenSSL command line, and what they have signed; and the examples of
/// RFC 7515, appendix A, and RFC 8037, appendix A.4.
enum JWTExamples {
    /// 2,048 bits.
    static let rsaKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7caa3J8AehPE7PYWtvbn
        4SlUopnqO6RMcn0KENk9JQiNW34T1DGlQdlWE2KOpJsWkHSTpEsgcCWN5KuS9a9a
        ME+TA0debbSAfdLrqUyEWv3s2ho1fNq5SXDXyMB8XDG5gFTH2i69aigKm01diUDz
        g9bu0j/xHSGYaD8xRY7NKFkgWjcdh8FkVyPUNHe5LtH8g4X1j7Cq7OENm7IFGWw6
        YfeNkzHYSzQsIJMx6BUdykc3CCYTc2FtT+QjxZUbKPq8dKAINW8NMLr1EHw4IDt4
        YeesRRL6NA7L3CYnF3D+L0CUb0m/hga4X5G/TN6ubOcPmwJsE6b5IKzafyKHaodw
        3wIDAQAB
        -----END PUBLIC KEY-----

        """
    /// The same in the older form.
    static let rsaKeyPKCS1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEA7caa3J8AehPE7PYWtvbn4SlUopnqO6RMcn0KENk9JQiNW34T1DGl
        QdlWE2KOpJsWkHSTpEsgcCWN5KuS9a9aME+TA0debbSAfdLrqUyEWv3s2ho1fNq5
        SXDXyMB8XDG5gFTH2i69aigKm01diUDzg9bu0j/xHSGYaD8xRY7NKFkgWjcdh8Fk
        VyPUNHe5LtH8g4X1j7Cq7OENm7IFGWw6YfeNkzHYSzQsIJMx6BUdykc3CCYTc2Ft
        T+QjxZUbKPq8dKAINW8NMLr1EHw4IDt4YeesRRL6NA7L3CYnF3D+L0CUb0m/hga4
        X5G/TN6ubOcPmwJsE6b5IKzafyKHaodw3wIDAQAB
        -----END RSA PUBLIC KEY-----

        """
    /// P-256.
    static let ecKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEQBPpt61GUirr8RsuzF0Y6cn7kbQ
        YNw+xGV1hvqntkKH7dDFCPTwxURaFmDxihjWCKS4NKpYiWioViNEdypfIA==
        -----END PUBLIC KEY-----

        """
    /// Ed25519.
    static let edKey = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEADFeLUuEPhlQqGqH66rr/WxRBAj+k+48H4TeuqrRveQY=
        -----END PUBLIC KEY-----

        """
    /// 1,024 bits.
    static let shortRSAKey = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDTUoFsgGwRamMBaDipOH0VsKjb
        FsZeC7WaRm6YUUdHkfGMzChFq5dgfOrXom7/JKJ9ImHBIzEbsDdDKWYwqi3DD24b
        MOfmyCteWU4zdOIipcC9UaqQKBi9cQjAaxrpEf1Mzvc5+1dnhSwh0y32d9mEbpGO
        K9AhrWBSMe2adrigyQIDAQAB
        -----END PUBLIC KEY-----

        """
    /// P-384.
    static let p384Key = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEcLly2vIRAPgGsD0LfKrMNjsZX1JUK+Fc
        25UAnkjtcZF8SBtfWqWFiZv65MkNWycJsTuwZhm6n/OfLoEMJafPHUl4BXvADuJ+
        zoGu3ZydmlYnFUABx3486Pq843I5r9rT
        -----END PUBLIC KEY-----

        """
    /// Ed448.
    static let ed448Key = """
        -----BEGIN PUBLIC KEY-----
        MEMwBQYDK2VxAzoA3GVw14sGxqiekflngHY6EH9Gk1SaxHPuVviq7XMU+3YwXCgE
        yGZMl7iwXo4/QPE0rCCS3OnVn8qA
        -----END PUBLIC KEY-----

        """
    /// A certificate for the key on P-256.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBbTCCAROgAwIBAgIUdtglrmlBOIvP2mDzVlk9DCLnu08wCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBeDAeFw0yNjExMjkxOTQwNTFaFw0yNjEyMjkxOTQwNTFaMAwx
        CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQRAE+m3rUZSKuv
        xGy7MXRjpyfuRtBg3D7EZXWG+qe2Qoft0MUI9PDFRFoWYPGKGNYIpLg0qliJaKhW
        I0R3Kl8go1MwUTAdBgNVHQ4EFgQUvovng3S5k/1VXohAJ2CfJ/BUd2YwHwYDVR0j
        BBgwFoAUvovng3S5k/1VXohAJ2CfJ/BUd2YwDwYDVR0TAQH/BAUwAwEB/zAKBggq
        hkjOPQQDAgNIADBFAiA+wKljD+RIDj1rgYAItIsN2T6PAPHDmNV+Jiywc5P5lwIh
        AN+q7dRFzZL4PQCDxWgo5pVtTaieOfADFmmghw8mSnCQ
        -----END CERTIFICATE-----

        """
    /// Only its label matters.
    static let privateKey =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"
    /// sub anna, role operator, aud pointerscope, exp 2000000000, iat 1700000000.
    static let signedRS256 = """
        eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm5hIiwicm9sZSI6Im9wZXJhdG9yIiwiYXVkIjoic\
        G9pbnRlcnNjb3BlIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE3MDAwMDAwMDB9.1aq6Jz1EKsPBAVIIK77kfNfgfm\
        5clf19sCTtWwia6u10b9tEpKaQ1wTQo4GQ7yRu-gHeuz4YBb1K3ZvvgahB_Jw0NWFgzqxW-WG7OF3MKUez_o0kOL6A\
        Yx_ddpuf0xm88HJdnFZrRKtmJ2V61zr1sz1U5x6UenlUfjTHukEJ8hSuSwzf0-0nz1gnfaVDp_vYvLv_0YRYMm0Pm2\
        Ph1K43MQADaiTXrhB0OkezdTZ9SGi9FskIGAzEK0l9Jxol4rENR-f6s11Eb_gX0Xd8rUEYFpg6qy2q7W9-owvnf3x2\
        8ogaEdD7tzXmkKNSUsYCzzCVIJa3CQL1eF9JQd53aNpd5w
        """
    /// The same.
    static let signedES256 = """
        eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm5hIiwicm9sZSI6Im9wZXJhdG9yIiwiYXVkIjoic\
        G9pbnRlcnNjb3BlIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE3MDAwMDAwMDB9.s0bXQLZA2zyRpd8xGa0z6k7DNM\
        X442cIe_26PlZ8OLyA-HLlKuNw2LeBlKg1uPewrC2DzDDT1r5DY5Sq4VFjbQ
        """
    /// The same.
    static let signedEdDSA = """
        eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm5hIiwicm9sZSI6Im9wZXJhdG9yIiwiYXVkIjoic\
        G9pbnRlcnNjb3BlIiwiZXhwIjoyMDAwMDAwMDAwLCJpYXQiOjE3MDAwMDAwMDB9.c_Nn94Sy0VFVrG76p_3iEx683n\
        M6XRTUWKy0kk0wyW74SNHgR8N2JJOiMOlZVexf7g3yVgcLmfSoO4-d55MICw
        """
    /// RFC 7515, appendix A.2.
    static let rfcRSAKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj
        NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz
        P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo
        9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB
        EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX
        FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp
        oQIDAQAB
        -----END PUBLIC KEY-----

        """
    /// RFC 7515, appendix A.3.
    static let rfcECKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
        6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
        -----END PUBLIC KEY-----

        """
    /// RFC 8037, appendix A.2.
    static let rfcEdKey = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
        -----END PUBLIC KEY-----

        """
    /// RFC 7515, appendix A.1, in base64url.
    static let rfcSecret =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    /// RFC 7515, appendix A.1.
    static let rfcHS256 = """
        eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogI\
        mh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
        """
    /// RFC 7515, appendix A.2.
    static let rfcRS256 = """
        eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL\
        mNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7\
        AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWz\
        O75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES\
        c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlU\
        PQGe77Rw
        """
    /// RFC 7515, appendix A.3.
    static let rfcES256 = """
        eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL\
        mNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA\
        pmWQxfKTUJqPP3-Kg6NU1Q
        """
    /// RFC 8037, appendix A.4.
    static let rfcEdDSA = """
        eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc\
        vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg
        """
}
