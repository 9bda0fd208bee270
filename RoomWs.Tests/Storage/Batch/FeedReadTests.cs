using System.Text;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Tests.Storage.Batch;

internal sealed class FeedReadTests
{
    [Test]
    public void Who_came_and_went_is_read_as_it_was_written()
    {
        FeedPresence[] turns = [new("bob", "Bob \"B\" \u00e4", IsOnline: true, 17), new("ann", "ann", IsOnline: false, 18)];

        var read = FeedRead.Of(PresenceBody.Of(turns, goneNode: "n2"));

        read.Presence.Should().Equal(turns);
        read.GoneNode.Should().Be("n2");
        read.Changes.Should().BeEmpty();
        FeedRead.Of(PresenceBody.Of([], goneNode: null)).GoneNode.Should().BeNull();
    }

    [Test]
    public void A_batch_of_changes_says_nothing_of_presence()
    {
        var read = FeedRead.Of("""{"format":1,"changes":[{"type":"ROOM_DELETE","room":"r","user":"ann"}]}"""u8.ToArray());

        read.Changes.Should().ContainSingle().Which.RoomId.Should().Be("r");
        read.Presence.Should().BeEmpty();
        read.GoneNode.Should().BeNull();
    }

    [Test]
    public void A_row_of_another_format_is_refused() =>
        FluentActions.Invoking(() => FeedRead.Of(Encoding.UTF8.GetBytes("""{"format":2,"changes":[]}"""))).Should().Throw<JsonException>();
}
