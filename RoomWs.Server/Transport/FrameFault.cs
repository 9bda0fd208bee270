namespace RoomWs.Server.Transport;

/// <summary>Why the frames of a client are read no further.</summary>
internal enum FrameFault
{
    None,

    /// <summary>A length is not in its shortest form. RFC 6455, section 5.2, does not allow it.</summary>
    Length,

    /// <summary>A piece of a message is empty and not its last. Such pieces cost their sender next to nothing, and could come for ever.</summary>
    EmptyPiece,

    /// <summary>A message is in more pieces than any client needs.</summary>
    TooManyPieces,
}
