using System.Text.Json;
using FluentAssertions;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hammers;

/// <summary>What a steady member of a room has seen, with deltas: from that, which messages each user has to get, in their order. Messages are numbered by their contents.</summary>
internal sealed class WitnessedRoom
{
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _due = new(StringComparer.Ordinal);

    /// <summary>The last number that was seen.</summary>
    public long Last { get; private set; }

    public int Endings { get; private set; }

    public void Take(JsonElement frame)
    {
        switch (frame.Type())
        {
            case "ROOM_MEMBERS_UPDATED":
                _members.Clear();
                _members.UnionWith(frame.Texts("members"));
                break;
            case "ROOM_MEMBERS_CHANGED":
                _members.ExceptWith(frame.Texts("removed"));
                _members.UnionWith(frame.GetProperty("added").EnumerateArray().Select(member => member.Text("userId")));
                break;
            case "ROOM_DELETED":
                _members.Clear();
                Endings++;
                break;
            case "ROOM_MESSAGE":
                Note(Number(frame));
                break;
        }
    }

    /// <summary>A socket of the user got exactly what was said from some moment to another: nothing is missing between, and nothing was for members alone.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="heard">The messages that the socket got.</param>
    /// <param name="saidBefore">What was said when the socket was known to be there; all that was said behind it is its.</param>
    /// <param name="toldBefore">What was told before the socket was asked for the last time.</param>
    public void Check(string userId, IReadOnlyList<long> heard, long saidBefore, long toldBefore)
    {
        var due = _due.GetValueOrDefault(userId, []);
        if (heard.Count > 0)
        {
            var from = due.IndexOf(heard[0]);
            from.Should().BeGreaterThanOrEqualTo(0, "{0} was no member when {1} was said", userId, heard[0]);
            heard.Should().Equal(due.Skip(from).Take(heard.Count), "these are what {0} had to get from {1} on", userId, heard[0]);
        }

        due.Where(number => number > saidBefore && number <= toldBefore).Except(heard).Should().BeEmpty("{0} was a member when these were said", userId);
    }

    public static long Number(JsonElement message) => long.Parse(message.Text("content"), System.Globalization.CultureInfo.InvariantCulture);

    private void Note(long number)
    {
        Last = number;
        foreach (var userId in _members)
        {
            if (!_due.TryGetValue(userId, out var due)) _due[userId] = due = [];
            due.Add(number);
        }
    }
}
