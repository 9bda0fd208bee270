using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>The steps of tests of clients that take MEMBER_DELTAS.</summary>
internal static class DeltaSteps
{
    public static async Task<TestClient> ConnectWithDeltasAsync(this TestServer server, string userId)
    {
        var client = await TestClient.ConnectAsync(server, userId);
        await client.HelloAsync("MEMBER_DELTAS");
        return client;
    }

    /// <summary>Says HELLO with these capabilities, and gives those that the server says are in use.</summary>
    public static async Task<string[]> HelloAsync(this TestClient client, params string[] capabilities) =>
        (await client.SucceedAsync("HELLO_ACK", new { type = "HELLO", version = 1, capabilities })).Texts("capabilities");

    /// <summary>The next frame is a ROOM_MEMBERS_CHANGED that says this, in the form of <see cref="Change"/>.</summary>
    public static async Task ExpectChangeAsync(this TestClient client, string change) =>
        (await client.ExpectAsync("ROOM_MEMBERS_CHANGED")).Change().Should().Be(change);

    /// <summary>What a ROOM_MEMBERS_CHANGED says, such as "1-3 +bob=ADMIN -carol dave:MEMBER".</summary>
    public static string Change(this JsonElement delta)
    {
        var added = delta.GetProperty("added").EnumerateArray().Select(member => $" +{member.Text("userId")}={member.Text("role")}");
        var removed = delta.Texts("removed").Select(userId => $" -{userId}");
        var roles = delta.GetProperty("roles").EnumerateObject().Select(role => $" {role.Name}:{role.Value.GetString()}");
        return $"{delta.Number("fromVersion")}-{delta.Version()}{string.Concat(added.Concat(removed).Concat(roles))}";
    }
}
