using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Authority;

/// <summary>Who may do what, as protocol.md has it: every caller, every action, every target.</summary>
internal sealed class RoleTableTests : EndToEndTest
{
    private const string Ok = "";
    private const string Self = "self";

    private static readonly string[] Callers = ["OWNER", "ADMIN", "MEMBER", "nobody", "no room"];
    private static readonly string[] Targets = ["OWNER", "ADMIN", "MEMBER", "nobody"];

    private static readonly (string Action, string[] Expected)[] Untargeted =
    [
        // Action          OWNER            ADMIN            MEMBER           nobody           no room
        ("name",          [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("joinPolicy",    [Ok,              "FORBIDDEN",     "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("add",           [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("delete",        [Ok,              "FORBIDDEN",     "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("leave",         [Ok,              Ok,              Ok,              "NOT_FOUND",     "NOT_FOUND"]),
        ("join",          [Ok,              Ok,              Ok,              Ok,              "NOT_FOUND"]),
        ("create",        ["CREATE_FAILED", "CREATE_FAILED", "CREATE_FAILED", "CREATE_FAILED", Ok]),
        ("info",          [Ok,              Ok,              Ok,              "FORBIDDEN",     "NOT_FOUND"]),
        ("members",       [Ok,              Ok,              Ok,              "FORBIDDEN",     "NOT_FOUND"]),
        ("list",          [Ok,              Ok,              Ok,              Ok,              Ok]),
        ("requests",      [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("approve",       [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("deny",          [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("cancel",        ["NOT_FOUND",     "NOT_FOUND",     "NOT_FOUND",     "NOT_FOUND",     "NOT_FOUND"]),
        ("invite",        [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("invites",       [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("revoke",        ["NOT_FOUND",     "NOT_FOUND",     "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
        ("audit",         [Ok,              Ok,              "FORBIDDEN",     "FORBIDDEN",     "NOT_FOUND"]),
    ];

    private static readonly (string Action, string Caller, string[] Expected)[] Targeted =
    [
        // Action    Caller     OWNER               ADMIN        MEMBER       nobody
        ("remove",  "OWNER",   [Self,              Ok,          Ok,          "NOT_FOUND"]),
        ("remove",  "ADMIN",   ["FORBIDDEN",       "FORBIDDEN", Ok,          "NOT_FOUND"]),
        ("remove",  "MEMBER",  ["FORBIDDEN",       "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        ("remove",  "nobody",  ["FORBIDDEN",       "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        ("remove",  "no room", ["NOT_FOUND",       "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]),
        ("role",    "OWNER",   [Self,              Ok,          Ok,          "NOT_FOUND"]),
        ("role",    "ADMIN",   ["FORBIDDEN",       "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        ("role",    "MEMBER",  ["FORBIDDEN",       "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        ("role",    "nobody",  ["FORBIDDEN",       "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        ("role",    "no room", ["NOT_FOUND",       "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]),
    ];

    /// <summary>Oneself: nobody removes itself, and nobody changes its own role.</summary>
    private static readonly (string Action, string Caller, string Expected)[] OnOneself =
    [
        ("remove", "OWNER", "VALIDATION_ERROR"),
        ("remove", "ADMIN", "VALIDATION_ERROR"),
        ("remove", "MEMBER", "VALIDATION_ERROR"),
        ("role", "OWNER", "FORBIDDEN"),
        ("role", "ADMIN", "FORBIDDEN"),
        ("role", "MEMBER", "FORBIDDEN"),
    ];

    private static IEnumerable<TestCaseData> Cases()
    {
        foreach (var (action, expected) in Untargeted)
        {
            for (var i = 0; i < Callers.Length; i++) yield return new TestCaseData(action, Callers[i], null, null, expected[i]);
        }

        foreach (var (action, caller, expected) in Targeted)
        {
            for (var i = 0; i < Targets.Length; i++)
            {
                if (expected[i] == Self) continue;
                foreach (var role in RolesOf(action)) yield return new TestCaseData(action, caller, User(Targets[i], "2"), role, expected[i]);
            }
        }

        foreach (var (action, caller, expected) in OnOneself)
        {
            foreach (var role in RolesOf(action)) yield return new TestCaseData(action, caller, User(caller), role, expected);
        }
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_caller_may_do_what_its_role_allows_and_a_refusal_leaves_no_trace(string action, string caller, string? target, string? role, string expected)
    {
        var owner = await ConnectAsync("owner");
        var watcher = await ConnectAsync("member2");
        var outsider = await ConnectAsync("nobody2");
        await owner.CreateRoomAsync("r1", members: ["member", "member2"], admins: ["admin", "admin2"]);
        // Of two lists that wait for a socket, it gets the newer one.
        while ((await watcher.ExpectAsync("ROOM_MEMBERS_UPDATED")).Version() < 3)
        {
        }

        if (action is "approve" or "deny") await AskAsync(owner);
        var before = await owner.RoomAsync("r1");
        var client = caller == "OWNER" ? owner : await ConnectAsync(User(caller));
        await MembershipSteps.SettleAsync(owner, client, watcher);

        var reply = await client.RequestAsync(Request(action, caller == "no room" ? "r2" : "r1", target, role));

        (reply.Code() ?? Ok).Should().Be(expected, "the reply is {0}", reply.GetRawText());
        if (expected == Ok) return;
        await RoomSteps.ExpectNothingAsync(client, owner, watcher, outsider);
        (await owner.RoomAsync("r1")).GetRawText().Should().Be(before.GetRawText());
    }

    /// <summary>Leaves a request to be let in, in a room that is as open as before.</summary>
    private async Task AskAsync(TestClient owner)
    {
        foreach (var joinPolicy in new[] { "APPROVAL", "OPEN" })
        {
            await owner.SucceedAsync("ROOM_UPDATED", new { type = "ROOM_UPDATE_META", roomId = "r1", patch = new { joinPolicy } });
            if (joinPolicy == "APPROVAL") await (await ConnectAsync("asker")).AskAsync("r1");
        }
    }

    // Each role is there twice, so that a caller has a target of its own role beside itself; the owner alone is one.
    private static string User(string role, string second = "") => role switch
    {
        "OWNER" => "owner",
        "ADMIN" => "admin" + second,
        "MEMBER" => "member" + second,
        _ => "nobody" + second,
    };

    private static string?[] RolesOf(string action) => action == "role" ? ["OWNER", "ADMIN", "MEMBER"] : [null];

    private static object Request(string action, string roomId, string? userId, string? role) => action switch
    {
        "name" => new { type = "ROOM_UPDATE_META", roomId, patch = new { name = "x", slug = "abc", thumbnailUrl = "http://x" } },
        "joinPolicy" => new { type = "ROOM_UPDATE_META", roomId, patch = new { joinPolicy = "INVITE" } },
        "add" => new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { "nobody2" } },
        "delete" => new { type = "ROOM_DELETE", roomId },
        "leave" => new { type = "ROOM_LEAVE", roomId },
        "join" => new { type = "ROOM_JOIN", roomId },
        "create" => new { type = "ROOM_CREATE", roomId },
        "info" => new { type = "ROOM_INFO", roomId },
        "members" => new { type = "ROOM_MEMBERS", roomId },
        "list" => new { type = "ROOM_LIST" },
        "requests" => new { type = "ROOM_JOIN_REQUESTS", roomId },
        "approve" => new { type = "ROOM_JOIN_APPROVE", roomId, userId = "asker" },
        "deny" => new { type = "ROOM_JOIN_DENY", roomId, userId = "asker" },
        "cancel" => new { type = "ROOM_JOIN_CANCEL", roomId },
        "invite" => new { type = "ROOM_INVITE_CREATE", roomId },
        "invites" => new { type = "ROOM_INVITE_LIST", roomId },
        "revoke" => new { type = "ROOM_INVITE_REVOKE", roomId, inviteId = "none" },
        "audit" => new { type = "ROOM_AUDIT_LIST", roomId },
        "remove" => new { type = "ROOM_REMOVE_MEMBER", roomId, userId },
        "role" => new { type = "ROOM_SET_ROLE", roomId, userId, role },
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action."),
    };
}
