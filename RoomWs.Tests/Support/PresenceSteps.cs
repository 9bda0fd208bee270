namespace RoomWs.Tests.Support;

/// <summary>What tests of presence wait for that no client is told.</summary>
internal static class PresenceSteps
{
    /// <summary>Ends when it is written that the user is online, or is not: where it comes and goes faster than that, nobody is told. In memory nothing waits.</summary>
    /// <param name="server">The server.</param>
    /// <param name="userId">The user.</param>
    /// <param name="isOnline">Which of the two.</param>
    /// <param name="meanwhile">Called before each look.</param>
    public static async Task UntilWrittenAsync(this TestServer server, string userId, bool isOnline, Action? meanwhile = null)
    {
        if (server.Database is not PostgresDatabase) return;
        using var session = server.Database.Open();
        await Deadline.UntilAsync(
            () =>
            {
                meanwhile?.Invoke();
                return session.Rows($"SELECT user_id FROM presence WHERE user_id = '{userId}'", row => row.GetString(0)).Count > 0 == isOnline;
            },
            $"{userId} is {(isOnline ? "online" : "offline")}");
    }

    /// <summary>Ends when these members of a room are shown as online to a client, and no others: who comes and goes is told a moment later.</summary>
    public static Task UntilOnlineAsync(this TestClient client, string roomId, params string[] userIds) => Deadline.UntilAsync(
        async () => (await client.SucceedAsync("ROOM_CREATED", new { type = "ROOM_MEMBERS", roomId })).GetProperty("memberDetails").EnumerateArray()
            .Where(member => member.GetProperty("online").GetBoolean())
            .Select(member => member.Text("userId"))
            .SequenceEqual(userIds),
        $"{string.Join(", ", userIds)} are online in {roomId}");
}
