using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Features.Invites;

/// <summary>A code reaches the server through people: read aloud, typed on a phone, pasted out of a letter.</summary>
internal sealed class TypedCodeTests : EndToEndTest
{
    private static readonly (string Name, Func<string, string> Typed)[] Ways =
    [
        ("lower case", code => code.ToLowerInvariant()),
        ("around", code => $" \t{code}\r\n"),
        ("groups", code => $"{code[..5]} {code[5..10]} {code[10..15]} {code[15..]}"),
        ("hyphens", code => $"{code[..4]}-{code[4..8]}-{code[8..]}-"),
        ("typographic", code => $"{code[..4]}\u2013{code[4..8]}\u2011{code[8..12]}\u00a0{code[12..]}"),
        ("wrapped", code => $"{code[..10]}\r\n{code[10..]}"),
        ("pasted", code => $"\ufeff{code[..7]}\u00ad{code[7..]}\u200b\u2028"),
        ("O and I", code => code.Replace('0', 'O').Replace('1', 'I')),
        ("o and l", code => code.Replace('0', 'o').Replace('1', 'l')),
        ("L and i", code => $" {code[..10].Replace('1', 'L')}- \n{code[10..].Replace('1', 'i')}".ToLowerInvariant()),
    ];

    private static string[] WayNames => [.. Ways.Select(way => way.Name)];

    [Test, Combinatorial]
    public async Task A_code_is_read_as_people_type_it([ValueSource(nameof(WayNames))] string name, [Values] bool isJoin)
    {
        var (owner, bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        await owner.CreateRoomAsync("r1", "INVITE");
        var code = await CodeWithAsync(owner, '0', '1');
        var typed = Ways.Single(way => way.Name == name).Typed(code);
        typed.Should().NotBe(code);

        await bob.SucceedAsync("ROOM_JOIN_RESPONSE", Use(isJoin, typed));

        await (await ConnectAsync("carol")).BeToldAsync("CONFLICT", "Invitation already used", Use(isJoin, code));
    }

    [Test]
    public async Task What_nobody_would_type_for_a_character_is_another_code([Values("U", "\u0130", "\uff10", "_", ".")] string other)
    {
        var (owner, bob) = (await ConnectAsync("owner"), await ConnectAsync("bob"));
        await owner.CreateRoomAsync("r1", "INVITE");
        var code = await CodeWithAsync(owner, '0');

        await bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(isJoin: false, code.Replace("0", other, StringComparison.Ordinal)));
        await bob.BeToldAsync("NOT_FOUND", "Invitation not found", Use(isJoin: false, " -\n"));

        await bob.AcceptAsync(code);
    }

    private static object Use(bool isJoin, string code) =>
        isJoin ? new { type = "ROOM_JOIN", roomId = "r1", code } : new { type = "ROOM_INVITE_ACCEPT", code };

    /// <summary>A code that has these characters: every other code or so.</summary>
    private static async Task<string> CodeWithAsync(TestClient owner, params char[] characters)
    {
        while (true)
        {
            var code = await owner.CodeAsync("r1");
            if (characters.All(code.Contains)) return code;
        }
    }
}
