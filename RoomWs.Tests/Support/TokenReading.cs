using RoomWs.Server.Identity;

namespace RoomWs.Tests.Support;

internal static class TokenReading
{
    /// <summary>Reads a token and waits: with keys that are at hand nothing in it is asynchronous but its signature.</summary>
    public static TokenResult Read(this TokenReader reader, string token) => reader.ReadAsync(token).AsTask().GetAwaiter().GetResult();
}
