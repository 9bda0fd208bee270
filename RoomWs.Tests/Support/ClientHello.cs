using System.Buffers.Binary;

namespace RoomWs.Tests.Support;

/// <summary>The first message of a TLS handshake, made by hand: no TLS library of today would offer the versions of yesterday.</summary>
internal static class ClientHello
{
    public const byte AlertRecord = 21;
    public const byte HandshakeRecord = 22;
    public const byte ProtocolVersionAlert = 70;

    /// <summary>Offers TLS 1.(minor - 1) and none after it.</summary>
    public static byte[] Of(byte minorVersion)
    {
        // Suites of 1.0 on and of 1.2, for keys of both kinds.
        byte[] suites = [0xc0, 0x09, 0xc0, 0x13, 0x00, 0x2f, 0xc0, 0x2b, 0xc0, 0x2f];
        byte[] extensions =
        [
            .. Extension(10, [0, 4, 0, 23, 0, 29]),
            .. Extension(11, [1, 0]),
            .. Extension(13, [0, 8, 4, 3, 4, 1, 8, 4, 2, 3]),
        ];
        byte[] hello = [3, minorVersion, .. new byte[32], 0, .. Sized(suites), 1, 0, .. Sized(extensions)];
        byte[] message = [1, 0, .. Sized(hello)];
        return [HandshakeRecord, 3, 1, .. Sized(message)];
    }

    private static byte[] Extension(byte number, byte[] content) => [0, number, .. Sized(content)];

    private static byte[] Sized(byte[] content)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)content.Length);
        return [.. length, .. content];
    }
}
