using System.Net.WebSockets;
using RoomWs.Server.Configuration;

namespace RoomWs.Tests.Support;

/// <summary>A fixture whose server takes tokens alone, on a clock that the test moves.</summary>
internal abstract class TokenTest : EndToEndTest
{
    public const string Origin = "https://app.example.com";

    /// <summary>The ways in which a token can come with the upgrade.</summary>
    protected static readonly string[] UpgradeWays = ["Authorization", "?token=", "subprotocol", "cookie"];

    protected ManualTimeProvider Clock { get; } = new();

    protected override TimeProvider Time => Clock;

    protected long Now => Clock.UtcNow.ToUnixTimeSeconds();

    protected override void Configure(RoomWsOptions options)
    {
        options.Dev = false;
        options.JwtSecret = Jwt.Secret;
        options.Cookie = "session";
        options.AllowedOrigins = [Origin];
    }

    /// <summary>A connection without an identity.</summary>
    protected Task<TestClient> OpenAsync() => TestClient.OpenAsync(Server);

    /// <summary>A connection whose upgrade carries the token.</summary>
    protected Task<TestClient> OpenAsync(string token, string way = "?token=") => way switch
    {
        "Authorization" => OpenAsync(options => options.SetRequestHeader("Authorization", $"Bearer {token}")),
        "subprotocol" => OpenAsync(options =>
        {
            options.AddSubProtocol("roomws.v1");
            options.AddSubProtocol($"bearer.{token}");
        }),
        "cookie" => OpenAsync(options =>
        {
            options.SetRequestHeader("Cookie", $"theme=dark; session={token}");
            options.SetRequestHeader("Origin", Origin);
        }),
        _ => TestClient.OpenAsync(Server, $"?token={token}"),
    };

    protected Task<TestClient> OpenAsync(Action<ClientWebSocketOptions> configure) => TestClient.OpenAsync(Server, "", configure);

    protected static object Hello(string? token = null) => token is null ? new { type = "HELLO", version = 1 } : new { type = "HELLO", version = 1, token };
}
