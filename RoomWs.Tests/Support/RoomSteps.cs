using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>The steps that most tests of rooms begin with, and the two ways in which a request can end.</summary>
internal static class RoomSteps
{
    /// <summary>Sends a request that has to succeed with a reply of this type.</summary>
    public static async Task<JsonElement> SucceedAsync(this TestClient client, string replyType, object request)
    {
        var reply = await client.RequestAsync(request);
        reply.Type().Should().Be(replyType, "the reply is {0}", reply.GetRawText());
        return reply;
    }

    /// <summary>Sends a request that has to be refused with this code.</summary>
    public static async Task<JsonElement> BeRefusedAsync(this TestClient client, string code, object request)
    {
        var reply = await client.RequestAsync(request);
        reply.Code().Should().Be(code, "the reply is {0}", reply.GetRawText());
        reply.Message().Should().NotBeEmpty();
        return reply;
    }

    /// <summary>Makes a room with its members, and promotes the admins among them.</summary>
    public static async Task CreateRoomAsync(this TestClient owner, string roomId, string[]? members = null, string[]? admins = null)
    {
        await owner.SucceedAsync("ROOM_CREATED", new { type = "ROOM_CREATE", roomId, memberIds = members.Concat(admins) });
        foreach (var userId in admins ?? []) await owner.SetRoleAsync(roomId, userId, "ADMIN");
    }

    public static Task<JsonElement> SetRoleAsync(this TestClient owner, string roomId, string userId, string role) =>
        owner.SucceedAsync("ROOM_MEMBERS_UPDATED", new { type = "ROOM_SET_ROLE", roomId, userId, role });

    /// <summary>The room as this member sees it.</summary>
    public static async Task<JsonElement> RoomAsync(this TestClient member, string roomId) =>
        (await member.SucceedAsync("ROOM_CREATED", new { type = "ROOM_INFO", roomId })).Room();

    /// <summary>Nobody is told anything.</summary>
    public static async Task ExpectNothingAsync(params TestClient[] clients)
    {
        foreach (var client in clients) await client.ExpectNothingAsync();
    }

    private static string[] Concat(this string[]? members, string[]? admins) => [.. members ?? [], .. admins ?? []];
}
