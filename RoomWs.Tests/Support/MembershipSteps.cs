using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>The steps that tests of join policies, join requests and invites begin with.</summary>
internal static class MembershipSteps
{
    /// <summary>Makes a room with this way in, and promotes the admins among its members.</summary>
    public static async Task CreateRoomAsync(this TestClient owner, string roomId, string joinPolicy, string[]? members = null, string[]? admins = null)
    {
        await owner.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId, joinPolicy, memberIds = (string[])[.. members ?? [], .. admins ?? []] });
        foreach (var userId in admins ?? []) await owner.SetRoleAsync(roomId, userId, "ADMIN");
    }

    /// <summary>Asks to be let into an APPROVAL room, and gives the request's id.</summary>
    public static async Task<string> AskAsync(this TestClient client, string roomId) =>
        (await client.SucceedAsync("ROOM_JOIN_PENDING", new { type = "ROOM_JOIN", roomId })).Text("requestId");

    public static Task<JsonElement> ApproveAsync(this TestClient client, string roomId, string userId) =>
        client.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_JOIN_APPROVE", roomId, userId });

    /// <summary>Who asks to be let in, in the order of the list.</summary>
    public static async Task<string[]> RequestersAsync(this TestClient client, string roomId)
    {
        var reply = await client.SucceedAsync("ROOM_JOIN_REQUESTS_RESPONSE", new { type = "ROOM_JOIN_REQUESTS", roomId });
        reply.Text("roomId").Should().Be(roomId);
        return [.. reply.GetProperty("requests").EnumerateArray().Select(request => request.Text("userId"))];
    }

    /// <summary>Makes an invite, and gives it with its code.</summary>
    public static async Task<JsonElement> InviteAsync(this TestClient client, string roomId, int? expiresInSeconds = null) =>
        (await client.SucceedAsync("ROOM_INVITE_CREATED", new { type = "ROOM_INVITE_CREATE", roomId, expiresInSeconds })).GetProperty("invite");

    /// <summary>Makes an invite, and gives its code alone.</summary>
    public static async Task<string> CodeAsync(this TestClient client, string roomId, int? expiresInSeconds = null) =>
        (await client.InviteAsync(roomId, expiresInSeconds)).Text("code");

    public static Task<JsonElement> AcceptAsync(this TestClient client, string code) =>
        client.SucceedAsync("ROOM_JOIN_RESPONSE", new { type = "ROOM_INVITE_ACCEPT", code });

    /// <summary>The room's invites, in the order of the list.</summary>
    public static async Task<JsonElement[]> InvitesAsync(this TestClient client, string roomId)
    {
        var reply = await client.SucceedAsync("ROOM_INVITE_LIST_RESPONSE", new { type = "ROOM_INVITE_LIST", roomId });
        reply.Text("roomId").Should().Be(roomId);
        return [.. reply.GetProperty("invites").EnumerateArray()];
    }

    /// <summary>Sends a request that has to be refused with this code and exactly this message.</summary>
    public static async Task BeToldAsync(this TestClient client, string code, string message, object request) =>
        (await client.BeRefusedAsync(code, request)).Message().Should().Be(message);

    /// <summary>The next frames are of these types, in this order; gives the last.</summary>
    public static async Task<JsonElement> HearAsync(this TestClient client, params string[] types)
    {
        JsonElement last = default;
        foreach (var type in types) last = await client.ExpectAsync(type);
        return last;
    }

    /// <summary>Puts aside all that the server has sent so far, so that what comes next is news.</summary>
    public static async Task SettleAsync(params TestClient[] clients)
    {
        foreach (var client in clients) await client.TakeAllAsync();
    }

    /// <summary>All that the server has sent by now.</summary>
    public static async Task<List<JsonElement>> TakeAllAsync(this TestClient client)
    {
        await client.SucceedAsync("PONG", new { type = "PING" });
        var frames = new List<JsonElement>();
        while (client.Received.Count > 0) frames.Add(await client.NextAsync());
        return frames;
    }
}
